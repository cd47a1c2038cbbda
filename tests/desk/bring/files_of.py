"""Files as organizations have them, made in memory."""

import io
import zipfile
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sansnom.desk.bring.models import Import
from sansnom.desk.bring.running import run
from sansnom.desk.bring.vocabulary import sealed
from sansnom.desk.work.models import Programme

LOG = (
    "Nom;Prénom;DDN;Sexe;Pays de naissance;Langue maternelle;Activité;Date;Durée;Remarques\n"
    "Diop;Awa;12/05/1990;F;Sénégal;wolof;Francisation : cours;03/02/2026;120;calme\n"
    "Diop;Awa;12/05/1990;F;Sénégal;wolof;Aide à l’emploi;17/02/2026;60;\n"
    "العمراني;محمد;1985;M;Maroc;arabe;Jasette;05/02/2026;;\n"
    "Pierre;Rose;31/02/1999;F;Haïti;créole;Information;05/02/2026;15;\n"
)


def upload(client: Client, programme: Programme, name: str, content: bytes) -> str:
    """Upload a file; give the address of its columns page."""
    given = {"file": SimpleUploadedFile(name, content), "programme": sealed(programme)}
    answer = client.post("/bring/", given)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def bring(client: Client, programme: Programme, name: str, content: bytes, **chosen: str) -> Import:
    """Upload, accept the columns as guessed or chosen, and wait for the end."""
    address = upload(client, programme, name, content)
    page = client.get(address)
    form = {**_form(page.content.decode()), **chosen}
    client.post(address, form)
    return follow(client.post(address, {**form, "import": "1"})["Location"])


def follow(address: str) -> Import:
    """Run the import that a page has begun, here instead of in a thread."""
    brought = Import.objects.get(reference=address.strip("/").split("/")[-1])
    if brought.state == "running":
        run(brought.pk)
        brought.refresh_from_db()
    return brought


def _form(page: str) -> dict[str, str]:
    """Read what the selects of a page have chosen."""
    import re

    told = {}
    for found in re.finditer(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', found[2])
        told[found[1]] = chosen[1] if chosen else ""
    return told


def ods(sheets: dict[str, list[list[str]]], extra: str = "") -> bytes:
    """Write an OpenDocument spreadsheet as LibreOffice does: typed dates, repeated empty cells at the end."""
    told = ""
    for name, rows in sheets.items():
        told += f'<table:table table:name="{escape(name)}">'
        for row in rows:
            told += "<table:table-row>" + "".join(map(_ods_cell, row))
            told += '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        told += extra
        told += '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        told += 'table:number-columns-repeated="16384"/></table:table-row>'
        told += "</table:table>"
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    inside = f"<office:body><office:spreadsheet>{told}</office:spreadsheet></office:body>"
    content = f"<office:document-content {names}>{inside}</office:document-content>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return target.getvalue()


def _ods_cell(text: str) -> str:
    if len(text) == 10 and text[4:5] == "-" and text[7:8] == "-":
        stated = f'office:value-type="date" office:date-value="{text}"'
        return f"<table:table-cell {stated}><text:p>le {text[8:]}</text:p></table:table-cell>"
    note = "<office:annotation><text:p>une note</text:p></office:annotation>"
    return f"<table:table-cell>{note}<text:p>{escape(text)}</text:p></table:table-cell>"
