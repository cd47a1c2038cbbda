"""Small folders and workbooks for the reader's tests."""

import io
import zipfile
from pathlib import Path

import pytest

from sansnom.desk.files import read_organization
from sansnom.terms.errors import Finding, InputError
from sansnom.terms.records import OrganizationRecords

HEADINGS = "local_id,given_names,family_names,birth_date"


def folder(tmp_path: Path, name: str = "accueil-rosemont", **files: str | bytes) -> Path:
    """Write an organization's folder; `persons="..."` becomes persons.csv, `persons_xlsx=b"..."` persons.xlsx."""
    place = tmp_path / name
    place.mkdir(exist_ok=True)
    for key, content in files.items():
        file_name = key.removesuffix("_xlsx") + ".xlsx" if key.endswith("_xlsx") else f"{key}.csv"
        (place / file_name).write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def refused(place: Path) -> tuple[Finding, ...]:
    """Read, demand a refusal, give its findings."""
    with pytest.raises(InputError) as caught:
        read_organization(place)
    assert caught.value.code == "files.refused"
    assert caught.value.parameters["shown"] == len(caught.value.findings) > 0
    return caught.value.findings


def told(place: Path) -> list[tuple[str, str]]:
    """Give (code, where) of each finding."""
    return [(f.code, f.where) for f in refused(place)]


def taken(place: Path) -> OrganizationRecords:
    """Read files that are good."""
    return read_organization(place)


WORKBOOK_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    ),
}
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'


def inline(text: str) -> str:
    """Give a cell of text."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def workbook(rows: str, **more: str) -> bytes:
    """Give an XLSX made by hand; `rows` is the XML inside sheetData, `more` adds parts (`sharedStrings`)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in WORKBOOK_PARTS.items():
            archive.writestr(name, text)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows))
        for name, text in more.items():
            archive.writestr(f"xl/{name}.xml", text)
    return target.getvalue()
