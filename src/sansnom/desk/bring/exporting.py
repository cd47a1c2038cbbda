"""The export of everything: the director's, at once; written in the access trail."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, record_access, require_role
from sansnom.desk.accounts.models import Act, Role
from sansnom.desk.bring.everything import archive as write_archive
from sansnom.desk.bring.everything import lists
from sansnom.desk.bring.writing import XLSX_TYPE, ZIP_TYPE, as_download, xlsx
from sansnom.desk.house.models import Organization

ALL_FILES: Final = "*"
"""What the access trail names where an export held every file."""


@require_role(Role.DIRECTOR)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Say what an export holds."""
    return render(request, "bring/export.html")


@require_role(Role.DIRECTOR)
@require_POST
def archive(request: HttpRequest) -> HttpResponse:
    """Give CSV and JSON in one archive."""
    record_access(me(request), ALL_FILES, Act.EXPORTED)
    organization = Organization.objects.first()
    content = write_archive(me(request), organization.name if organization else "")
    return as_download("sansnom-export.zip", ZIP_TYPE, content)


@require_role(Role.DIRECTOR)
@require_POST
def workbook(request: HttpRequest) -> HttpResponse:
    """Give the lists as one workbook."""
    record_access(me(request), ALL_FILES, Act.EXPORTED)
    return as_download("sansnom-export.xlsx", XLSX_TYPE, xlsx(lists(me(request))))
