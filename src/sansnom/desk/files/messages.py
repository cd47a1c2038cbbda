"""What the reader found, said in French and in English: where it is, what is wrong, what to write instead."""

from collections.abc import Mapping
from typing import Final, Protocol

from sansnom.desk.files.columns import TABLES
from sansnom.terms.parse import Text

MESSAGES: Final[Mapping[str, Text]] = {
    "files.refused": Text(
        ("Rien n’a été retenu. {total} endroit(s) à corriger; {shown} ci-dessous. Corrigez-les, puis recommencez."),
        "Nothing was kept. {total} place(s) to mend; {shown} shown below. Mend them, then try again.",
    ),
    "folder.no_organization": Text(
        (
            "Ce dossier ne contient aucun dossier d’organisme. Mettez-y un dossier par organisme, avec un "
            "fichier persons.csv dans chacun."
        ),
        (
            "This folder holds no organization’s folder. Put one folder for each organization in it, with a file "
            "persons.csv in each."
        ),
    ),
    "file.missing": Text(
        "Le fichier {file} manque. Ajoutez-le; seule la colonne local_id y est obligatoire.",
        "The file {file} is missing. Add it; only the column local_id is required in it.",
    ),
    "file.twice": Text(
        "Ce fichier et {other} disent la même chose. N’en gardez qu’un.",
        "This file and {other} stand for the same list. Keep only one of them.",
    ),
    "file.kind": Text(
        "Ce genre de fichier n’est pas lu. Enregistrez-le en CSV UTF-8 ou en classeur Excel (.xlsx).",
        "This kind of file is not read. Save it as CSV UTF-8 or as an Excel workbook (.xlsx).",
    ),
    "file.not_csv": Text(
        (
            "Ce fichier se termine par .csv, mais c’est un classeur. Renommez-le en .xlsx, ou enregistrez-le en "
            "CSV UTF-8."
        ),
        "This file ends in .csv, but it is a workbook. Rename it to .xlsx, or save it as CSV UTF-8.",
    ),
    "file.too_large": Text(
        "Ce fichier dépasse {limit_megabytes} Mo. Partagez la période, ou enlevez les colonnes qui ne servent pas.",
        "This file is over {limit_megabytes} MB. Split the period, or remove the columns that are not needed.",
    ),
    "file.too_many_rows": Text(
        "Ce fichier a plus de {limit} lignes. Partagez la période.",
        "This file has more than {limit} rows. Split the period.",
    ),
    "file.empty": Text(
        "Ce fichier est vide. La première ligne doit porter les noms des colonnes.",
        "This file is empty. Its first row must hold the names of the columns.",
    ),
    "file.nul": Text(
        "Ce fichier contient un caractère nul : il est abîmé, ou ce n’est pas du texte. Exportez-le de nouveau.",
        "This file holds a NUL character: it is damaged, or it is not text. Export it again.",
    ),
    "file.encoding.broken": Text(
        "Le texte de ce fichier est abîmé : une lettre y est coupée. Exportez-le de nouveau, en CSV UTF-8.",
        "The text of this file is damaged: a letter in it is cut. Export it again, as CSV UTF-8.",
    ),
    "file.encoding.doubtful": Text(
        (
            "Impossible de savoir dans quel alphabet ce fichier est enregistré; les noms seraient faussés. "
            "Enregistrez-le en CSV UTF-8."
        ),
        "It is not clear which alphabet this file is saved in; names would come out wrong. Save it as CSV UTF-8.",
    ),
    "file.quotes": Text(
        (
            "Un guillemet ouvert à cette ligne, ou peu avant, n’est pas refermé. Refermez-le, ou doublez-le s’il "
            "fait partie du texte."
        ),
        (
            "A quotation mark opened at this row, or shortly before, is not closed. Close it, or double it if it "
            "belongs to the text."
        ),
    ),
    "file.xlsx.broken": Text(
        (
            "Ce classeur ne s’ouvre pas : il est abîmé ou protégé par un mot de passe. Enregistrez-le de "
            "nouveau, sans mot de passe."
        ),
        "This workbook does not open: it is damaged or protected by a password. Save it again, without a password.",
    ),
    "file.xlsx.bomb": Text(
        "Ce classeur est démesuré une fois décompressé. Copiez les seules lignes utiles dans un classeur neuf.",
        "This workbook is out of proportion once unpacked. Copy only the rows you need to a new workbook.",
    ),
    "column.missing": Text(
        "La colonne {column} manque. Ajoutez-la à la première ligne, ou renommez celle qui en tient lieu.",
        "The column {column} is missing. Add it to the first row, or rename the one that stands for it.",
    ),
    "column.none": Text(
        "Aucune colonne de la première ligne n’est connue. Voyez les noms attendus dans docs/fr/file-format.md.",
        "No column of the first row is known. See the expected names in docs/file-format.md.",
    ),
    "column.twice": Text(
        "Deux colonnes veulent dire {column}. N’en gardez qu’une.",
        "Two columns mean {column}. Keep only one of them.",
    ),
    "row.cells": Text(
        "Cette ligne a {found} cases; la première en a {expected}. Vérifiez les séparateurs et les guillemets.",
        "This row has {found} cells; the first row has {expected}. Check the separators and quotation marks.",
    ),
    "cell.required": Text("Cette case ne peut pas rester vide.", "This cell cannot stay empty."),
    "cell.text.too_long": Text(
        "Plus de {limit} caractères. Raccourcissez ce texte; vérifiez qu’un guillemet n’est pas resté ouvert.",
        "More than {limit} characters. Shorten this text; check that no quotation mark was left open.",
    ),
    "cell.text.formula": Text(
        (
            "Cette case commence par =, +, - ou @, ou contient une erreur de tableur. Écrivez le texte seul, "
            "sans formule."
        ),
        "This cell begins with =, +, - or @, or holds a spreadsheet error. Write the plain text, without a formula.",
    ),
    "cell.text.control": Text(
        "Cette case contient un caractère invisible qui n’est pas du texte. Effacez-la et saisissez-la de nouveau.",
        "This cell holds an invisible character that is not text. Clear it and type it again.",
    ),
    "cell.date.form": Text(
        "Cette date pourrait se lire de plusieurs façons. Écrivez année-mois-jour, par exemple 2025-04-30.",
        "This date could be read in more than one way. Write year-month-day, for instance 2025-04-30.",
    ),
    "cell.date.impossible": Text(
        "Cette date n’existe pas au calendrier. Vérifiez l’année, le mois et le jour, dans cet ordre.",
        "This date does not exist in the calendar. Check the year, the month and the day, in this order.",
    ),
    "cell.date.range": Text(
        "L’année doit être entre {low} et {high}. Si la date est d’un autre calendrier, convertissez-la d’abord.",
        "The year must be between {low} and {high}. If the date is of another calendar, convert it first.",
    ),
    "date.order": Text(
        "Cette date vient avant celle de la colonne {other}. Vérifiez les deux.",
        "This date comes before the one in the column {other}. Check both.",
    ),
    "cell.code.unknown": Text(
        (
            "Cette valeur n’est pas dans la liste « {list} ». Choisissez un code ou un nom de la liste "
            "(docs/fr/file-format.md), ou laissez vide."
        ),
        (
            'This value is not on the list "{list}". Choose a code or a name from the list '
            "(docs/file-format.md), or leave it empty."
        ),
    ),
    "cell.number.form": Text(
        "Écrivez un nombre entier entre {low} et {high}, sans unité.",
        "Write a whole number between {low} and {high}, without a unit.",
    ),
    "cell.number.range": Text(
        "Ce nombre doit être entre {low} et {high}.",
        "This number must be between {low} and {high}.",
    ),
    "cell.flag": Text("Écrivez oui ou non.", "Write yes or no."),
    "cell.precision": Text(
        "Écrivez jour, mois, année ou inconnu.",
        "Write day, month, year or unknown.",
    ),
    "local_id.twice": Text(
        "Ce numéro est déjà celui de la ligne {row}. Chaque personne a le sien; une personne n’a qu’une ligne.",
        "This number already belongs to row {row}. Each person has their own; a person has one row only.",
    ),
    "local_id.unknown": Text(
        "Ce numéro n’est pas dans le fichier des personnes. Ajoutez la personne, ou corrigez le numéro.",
        "This number is not in the file of persons. Add the person, or correct the number.",
    ),
    "note.column_ignored": Text(
        "La colonne n° {position} n’est pas connue : elle n’a pas été lue.",
        "Column number {position} is not known: it was not read.",
    ),
    "note.encoding": Text(
        "Ce fichier n’est pas en UTF-8; il a été lu comme {encoding}. Vérifiez un nom accentué.",
        "This file is not in UTF-8; it was read as {encoding}. Check a name with an accent.",
    ),
}

LISTS: Final[Mapping[str, Text]] = {
    "sex": Text("sexe ou genre", "sex or gender"),
    "countries": Text("pays", "countries"),
    "languages": Text("langues", "languages"),
    "category": Text("catégories d’immigration", "immigration categories"),
    "region": Text("régions administratives", "administrative regions"),
    "services": Text("services", "services"),
    "service_statuses": Text("états d’un service", "states of a service"),
    "scales": Text("échelles", "scales"),
    "skills": Text("habiletés", "skills"),
    "employment": Text("emploi", "employment"),
    "education": Text("études", "education"),
    "waiting": Text("raisons de sortie de la liste d’attente", "reasons for leaving the waiting list"),
    "turned_away": Text("raisons d’une demande sans réponse", "reasons for turning away"),
}


class Told(Protocol):
    """A finding, or a note: a code, a place, parameters."""

    @property
    def code(self) -> str:
        """Give the stable identifier."""

    @property
    def where(self) -> str:
        """Give `file:row:column`, as far as known."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """Give what fills the sentence."""


def explain(told: Told, language: str) -> str:
    """Say one finding in "fr" or "en": the place, then the sentence."""
    *_, column = parts = told.where.split(":")
    shown = {**told.parameters, "column": column}
    if "list" in shown:
        shown["list"] = LISTS[str(shown["list"])].in_language(language)
    sentence = MESSAGES[told.code].in_language(language).format(**shown)
    return f"{_place(parts, language)}{_colon(language)}{sentence}"


def _colon(language: str) -> str:
    return "\u00a0: " if language == "fr" else ": "


def _place(parts: list[str], language: str) -> str:
    file, *rest = parts
    words = [file]
    if rest:
        words.append(f"ligne {rest[0]}" if language == "fr" else f"row {rest[0]}")
    if len(rest) > 1:
        label = next((c.label for t in TABLES for c in t.columns if c.name == rest[1]), None)
        known_as = f" ({label.in_language(language)})" if label else ""
        words.append((f"colonne {rest[1]}" if language == "fr" else f"column {rest[1]}") + known_as)
    return ", ".join(words)
