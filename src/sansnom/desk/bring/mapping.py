"""The pages before an import: the file, then what its columns mean, with its first rows as they are understood."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.bring.columns import (
    DAY_ORDERS,
    KEEP_OUT,
    SheetMap,
    columns_for,
    guess,
    is_dated,
    list_of,
    source_of,
    strange_words,
)
from sansnom.desk.bring.models import ColumnMap, Import
from sansnom.desk.bring.running import forget_old
from sansnom.desk.bring.running import start as start_import
from sansnom.desk.bring.sheets import Sheet, read_file
from sansnom.desk.bring.showing import any_label, code_choices, label_of, reason, table_label, value_told
from sansnom.desk.bring.understanding import is_code, rows_as_understood
from sansnom.desk.bring.vocabulary import ProgrammeField
from sansnom.desk.files.columns import TABLES
from sansnom.desk.files.encoding import FileProblem
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import in_sight
from sansnom.desk.people.models import NAME_LENGTH

FIRST_ROWS: Final = 8
EXAMPLES: Final = 3
IMPORTS_SHOWN: Final = 30


class FileForm(DeskForm):
    """Asks for a file and where it goes."""

    file = forms.FileField(
        label=say_later("bring.file"),
        help_text=say_later("bring.file.hint"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.ods,.zip"}),
    )

    def __init__(self, viewer: Colleague, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        self.fields["programme"] = ProgrammeField(viewer, "bring.programme")
        self.fields["programme"].help_text = say_later("bring.programme.hint")
        self.content = b""
        self.sheets: list[Sheet] = []

    def clean_file(self) -> Any:  # noqa: ANN401 - Django's uploaded file
        """Read the file at once: what cannot be read is said here."""
        given = self.cleaned_data["file"]
        self.content = given.read()
        if not self.content:
            raise forms.ValidationError(say("bring.file.empty"))
        try:
            self.sheets = read_file(given.name, self.content)
        except FileProblem as problem:
            raise forms.ValidationError(reason(problem.code, problem.parameters)) from None
        return given


def brought_by(request: HttpRequest, reference: uuid.UUID) -> Import:
    """Give an import into a programme that exists for this colleague; 404 alike for others and none."""
    found = in_sight(Import.objects.filter(reference=reference), me(request)).select_related(
        "programme", "made_by", "batch"
    )
    brought = found.first()
    if brought is None:
        raise Http404
    return brought


@require_role(Role.COORDINATOR)
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the file, and list earlier imports."""
    viewer = me(request)
    forget_old()
    form = FileForm(viewer, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("bring:columns", _upload(viewer, form).reference)
    earlier = in_sight(Import.objects.defer("content", "left", "columns"), viewer)
    shown = earlier.select_related("made_by").order_by("-made_at", "-pk")[:IMPORTS_SHOWN]
    programmes = bool(form.fields["programme"].programmes)  # type: ignore[attr-defined]  # ProgrammeField's own
    return render(request, "bring/start.html", {"form": form, "imports": shown, "programmes": programmes})


def _upload(viewer: Colleague, form: FileForm) -> Import:
    source = source_of(form.sheets)
    kept = ColumnMap.objects.filter(source=source).first()
    maps = kept.told if kept else [guess(sheet).to_json() for sheet in form.sheets]
    return Import.objects.create(
        file_name=str(form.cleaned_data["file"].name)[-NAME_LENGTH:],
        digest=hashlib.sha256(form.content).hexdigest(),
        content=form.content,
        source=source,
        columns=maps,
        programme=form.cleaned_data["programme"],
        made_by=viewer,
    )


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show what each column is taken for, and take what the colleague says instead."""
    brought = brought_by(request, reference)
    if brought.state != "waiting" or brought.content is None:
        return redirect("bring:result", reference)
    sheets = read_file(brought.file_name, bytes(brought.content))
    maps = [SheetMap.from_json(told) for told in brought.columns or []]
    wrong: list[str] = []
    if request.method == "POST":
        maps = [
            _chosen(request, place, sheet, told) for place, (sheet, told) in enumerate(zip(sheets, maps, strict=True))
        ]
        brought.columns = [told.to_json() for told in maps]
        brought.save(update_fields=["columns"])
        if "import" in request.POST:
            wrong = _wrong(maps)
            if not wrong:
                brought.state = "running"
                brought.made_by, brought.made_at = me(request), timezone.now()
                brought.save(update_fields=["state", "made_by", "made_at"])
                transaction.on_commit(lambda: start_import(brought.pk))
                return redirect("bring:result", reference)
    shown = [_screen(place, sheet, told) for place, (sheet, told) in enumerate(zip(sheets, maps, strict=True))]
    told = {
        "brought": brought,
        "sheets": shown,
        "wrong": wrong,
        "remembered": ColumnMap.objects.filter(source=brought.source).exists(),
        "same": _same_file(request, brought),
    }
    return render(request, "bring/columns.html", told)


def _same_file(request: HttpRequest, brought: Import) -> dict[str, Any] | None:
    earlier = in_sight(Import.objects.filter(digest=brought.digest, state="done"), me(request))
    found = earlier.select_related("made_by").order_by("-pk").first()
    if found is None:
        return None
    day = date_format(timezone.localtime(found.made_at), "DATE_FORMAT")
    return {"sentence": say("bring.same", date=day, name=found.made_by.name), "reference": found.reference}


def _chosen(request: HttpRequest, place: int, sheet: Sheet, before: SheetMap) -> SheetMap:
    """Read the screen of one sheet; another list means another guess of its columns."""
    table = request.POST.get(f"table-{place}", "")
    if table not in {"", *(each.name for each in TABLES)}:
        table = before.table
    if table != before.table:
        guessed = guess(Sheet(table, sheet.headings, sheet.rows)) if table else before
        return SheetMap(table, guessed.columns if table else before.columns, guessed.day_order)
    known = {column.name for column in columns_for(table)}
    chosen = [
        name if (name := request.POST.get(f"column-{place}-{column}", "")) in known else ""
        for column in range(len(sheet.headings))
    ]
    order = request.POST.get(f"days-{place}", before.day_order)
    told = SheetMap(table, chosen, order if order in DAY_ORDERS else "ymd")
    for name, strange in strange_words(sheet, told).items():
        column = chosen.index(name)
        for number, folded in enumerate(strange):
            meaning = request.POST.get(f"word-{place}-{column}-{number}", "?")
            if meaning in {"", KEEP_OUT} or is_code(table, name, meaning):
                told.words.setdefault(name, {})[folded] = meaning
    return told


def _wrong(maps: list[SheetMap]) -> list[str]:
    """Say what keeps an import from beginning."""
    if not any(told.table for told in maps):
        return [say("bring.nothing")]
    wrong = []
    for told in maps:
        named = [name for name in told.columns if name]
        twice = sorted({name for name in named if named.count(name) > 1})
        wrong += [say("bring.twice", column=label_of(told.table, name)) for name in twice if told.table]
        for table in TABLES:
            if table.name == told.table and table.name != "persons":
                missing = [column for column in table.columns if column.required and column.name not in named]
                wrong += [say("bring.needed", column=label_of(told.table, column.name)) for column in missing]
    return wrong


@dataclass(frozen=True, slots=True, repr=False)
class _Column:
    """A column on the screen."""

    field: str
    heading: str
    examples: str
    chosen: str
    means: str


def _screen(place: int, sheet: Sheet, told: SheetMap) -> dict[str, Any]:
    """Give what the screen shows of one sheet."""
    shown = {
        "place": place,
        "name": sheet.name,
        "count": len(sheet.rows),
        "table": told.table,
        "tables": [(table.name, table_label(table.name)) for table in TABLES],
        "table_field": f"table-{place}",
        "choices": [(column.name, label_of(told.table, column.name)) for column in columns_for(told.table)],
        "columns": [],
        "days": [(order, say(f"bring.days.{order}")) for order in DAY_ORDERS],
        "day_order": told.day_order,
        "dated": any(is_dated(told.table, name) for name in told.columns if name),
    }
    if not told.table:
        return shown
    shown["columns"] = [_column(place, number, sheet, told) for number in range(len(sheet.headings))]
    shown["words"] = _words(place, sheet, told)
    read = [name for name in dict.fromkeys(told.columns) if name]
    shown["read"] = [label_of(told.table, name) for name in read]
    shown["rows"] = [
        (
            number,
            [
                (label_of(told.table, name), value_told(told.table, name, values.get(name)), _reason(wrong.get(name)))
                for name in read
            ],
        )
        for number, values, wrong in rows_as_understood(sheet, told, FIRST_ROWS)
    ]
    return shown


def _reason(code: str | None) -> str:
    return "" if code is None else reason(code, {"low": "", "high": "", "limit": "", "other": ""})


def _column(place: int, number: int, sheet: Sheet, told: SheetMap) -> _Column:
    heading = sheet.headings[number].strip() or say("bring.columns.unnamed", place=number + 1)
    seen: dict[str, None] = {}
    for _, cells in sheet.rows[:200]:
        if number < len(cells) and cells[number].strip():
            seen.setdefault(cells[number].strip()[:40])
        if len(seen) == EXAMPLES:
            break
    means = say("bring.columns.means_of", heading=heading)
    return _Column(f"column-{place}-{number}", heading, " · ".join(seen), told.columns[number], means)


def _words(place: int, sheet: Sheet, told: SheetMap) -> list[dict[str, Any]]:
    found = []
    for name, strange in strange_words(sheet, told).items():
        column = told.columns.index(name)
        choices = code_choices(list_of(told.table, name))
        meanings = told.words.get(name, {})
        found += [
            {
                "field": f"word-{place}-{column}-{number}",
                "label": say("bring.words.of", column=any_label(name), word=word),
                "choices": choices,
                "chosen": meanings.get(folded, "?"),
            }
            for number, (folded, word) in enumerate(strange.items())
        ]
    return found


@require_role(Role.COORDINATOR)
@require_POST
def give_up(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Forget an import that has not begun, with its file."""
    brought = brought_by(request, reference)
    if brought.state == "waiting":
        brought.delete()
        messages.success(request, say("bring.given_up"))
    return redirect("bring:start")
