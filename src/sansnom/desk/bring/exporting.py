"""The export of everything, and its coming back into an empty desk: the director's, at once; written in the access trail."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, record_access, require_role
from sansnom.desk.accounts.models import Act, Role
from sansnom.desk.bring.coming_back import Back, bring_back, read_export, refuse_unless_empty
from sansnom.desk.bring.everything import archive as write_archive
from sansnom.desk.bring.everything import lists
from sansnom.desk.bring.writing import XLSX_TYPE, ZIP_TYPE, as_download, xlsx
from sansnom.desk.files.encoding import FileProblem
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.models import Organization
from sansnom.desk.house.words import say, say_later
from sansnom.terms.errors import InputError, PolicyRefusal

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


class BackForm(DeskForm):
    """Asks for an export of a desk."""

    file = forms.FileField(
        label=say_later("bring.back.file"),
        help_text=say_later("bring.back.file.hint"),
        widget=forms.FileInput(attrs={"accept": ".zip,.json"}),
    )


@require_role(Role.DIRECTOR)
def back(request: HttpRequest) -> HttpResponse:
    """Bring a whole export back into an empty desk: all of it, or nothing."""
    form = BackForm(request.POST or None, request.FILES or None)
    empty = True
    try:
        refuse_unless_empty()
    except PolicyRefusal:
        empty = False
    if request.method == "POST" and empty and form.is_valid():
        try:
            brought = bring_back(me(request), read_export(form.cleaned_data["file"].read()))
        except InputError as error:
            form.add_error(
                "file", say(error.code, None, **{name: str(told) for name, told in error.parameters.items()})
            )
        except FileProblem:
            form.add_error("file", say("bring.back.not_ours"))
        else:
            return _welcomed(request, brought)
    return render(request, "bring/back.html", {"form": form, "empty": empty})


def _welcomed(request: HttpRequest, brought: Back) -> HttpResponse:
    record_access(me(request), ALL_FILES, Act.CHANGED)
    messages.success(
        request, say("bring.back.done", count=brought.persons, who=brought.organization, rows=brought.rows)
    )
    if brought.colleagues:
        messages.warning(request, say("bring.back.colleagues", None, who=", ".join(brought.colleagues)))
    return redirect("people:everybody")
