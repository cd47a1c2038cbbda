"""What the command line says, in French and in English: sentences by code, from the rooms that raise the codes.

Progress and results are said in one language; an error is said in both, the chosen one first, because who reads it
over a shoulder may not be who chose the language.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from sansnom.cli.messages import SENTENCES
from sansnom.terms.errors import Finding, Parameter, SansnomError
from sansnom.terms.parse import Text

if TYPE_CHECKING:
    from sansnom.desk.files.messages import Told

CATALOGUES: Final = (
    ("sansnom.helper.messages", "MESSAGES"),
    ("sansnom.desk.house.messages", "MESSAGES"),
    ("sansnom.cli.roster_messages", "MESSAGES"),
    ("sansnom.cli.verify_messages", "MESSAGES"),
    ("sansnom.cli.rule_messages", "MESSAGES"),
    ("sansnom.cli.audit_messages", "MESSAGES"),
    ("sansnom.cli.attack_messages", "MESSAGES"),
    ("sansnom.cli.protect_messages", "MESSAGES"),
    ("sansnom.desk.files.messages", "MESSAGES"),
)
"""Catalogues of the rooms: dicts from a code to its French and English sentence. The slow one comes last."""

SHOWN_FINDINGS: Final = 25
NBSP: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language, "fr" or "en"."""

    language: str

    def text(self, code: str, /, **parameters: Parameter) -> str:
        """Give the sentence of this code in the voice's language."""
        return sentence(code, self.language, parameters)

    def say(self, code: str, /, **parameters: Parameter) -> None:
        """Say a sentence on standard output."""
        print(self.text(code, **parameters), flush=True)

    def error(self, code: str, /, **parameters: Parameter) -> None:
        """Say a sentence on standard error, in both languages, the voice's own first."""
        for language in self._both():
            print(sentence(code, language, parameters), file=sys.stderr, flush=True)

    def explain(self, error: SansnomError) -> None:
        """Say what went wrong, where, and what to do: in both languages."""
        for language in self._both():
            print(sentence(error.code, language, error.parameters), file=sys.stderr)
            findings: tuple[Finding, ...] = getattr(error, "findings", ())
            for finding in findings[:SHOWN_FINDINGS]:
                print(f"  {_finding(finding, language)}", file=sys.stderr)
            if len(findings) > SHOWN_FINDINGS:
                more = {"more": len(findings) - SHOWN_FINDINGS}
                print("  " + sentence("cli.more_findings", language, more), file=sys.stderr)
        sys.stderr.flush()

    def notes(self, told: "Sequence[Told]") -> None:
        """Say on standard error what a reader passed over and what it assumed; nothing stops for it."""
        from sansnom.desk.files.messages import explain

        for note in told[:SHOWN_FINDINGS]:
            print(f"  {explain(note, self.language)}", file=sys.stderr)
        if len(told) > SHOWN_FINDINGS:
            print("  " + self.text("cli.more_findings", more=len(told) - SHOWN_FINDINGS), file=sys.stderr)
        sys.stderr.flush()

    def _both(self) -> tuple[str, str]:
        return (self.language, "en" if self.language == "fr" else "fr")


def voice_for(language: str | None) -> Voice:
    """Choose the language: as asked, else of the environment, else English."""
    if language in ("fr", "en"):
        return Voice(language)
    for name in ("SANSNOM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        told = os.environ.get(name, "")
        if told:
            return Voice("fr" if told.startswith("fr") else "en")
    return Voice("en")


def sentence(code: str, language: str, parameters: Mapping[str, Parameter]) -> str:
    """Give the sentence of a code; a code without one is shown with its parameters, so that nothing is lost."""
    pair = SENTENCES.get(code) or _elsewhere(code)
    if pair is None:
        told = ", ".join(f"{name}={value}" for name, value in sorted(parameters.items()))
        return f"{code} ({told})" if told else code
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
    try:
        return pair[0 if language == "fr" else 1].format_map(shown)
    except (KeyError, IndexError):
        return f"{code} {dict(shown)}"


def number(value: int, language: str) -> str:
    """Write a whole number as the language does: 12 345 (no-break space) or 12,345."""
    return f"{value:,}".replace(",", NBSP if language == "fr" else ",")


def _finding(finding: Finding, language: str) -> str:
    """Say one finding: the file reader's own way for its places (row, column with its name), the place and a sentence else."""
    if not _ours(finding.code):
        from sansnom.desk.files.messages import MESSAGES, explain

        if finding.code in MESSAGES:
            return explain(finding, language)
    told = sentence(finding.code, language, {**finding.parameters, "where": finding.where})
    return told if finding.where in told else f"{finding.where}{NBSP if language == 'fr' else ''}: {told}"


def _ours(code: str) -> bool:
    """Say whether a code has its sentence without the reader of files."""
    return code in SENTENCES or _elsewhere(code, CATALOGUES[:-1]) is not None


def _elsewhere(code: str, catalogues: Sequence[tuple[str, str]] = CATALOGUES) -> tuple[str, str] | None:
    for module, name in catalogues:
        try:
            found = getattr(import_module(module), name).get(code)
        except ModuleNotFoundError as error:
            if error.name is not None and not error.name.startswith("sansnom"):
                continue  # a room whose dependencies are not installed here
            raise
        if found is not None:
            return (found.fr, found.en) if isinstance(found, Text) else (found[0], found[1])
    return None
