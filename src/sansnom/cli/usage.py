"""Usage errors in both languages: the standard parser speaks English alone.

Its messages are known by their shape; one that is not known yet is shown as it comes, after a French line that says what it is.
"""

import argparse
import re
import sys
from typing import ClassVar, Final, NoReturn

NBSP: Final = "\u00a0"
USAGE: Final = 2

_SHAPES: Final[tuple[tuple[str, str], ...]] = (
    (r"the following arguments are required: (.+)", rf"il manque{NBSP}: {{0}}"),
    (r"unrecognized arguments: (.+)", rf"arguments inconnus{NBSP}: {{0}}"),
    (r"one of the arguments (.+) is required", rf"il faut un de ces arguments{NBSP}: {{0}}"),
    (r"ambiguous option: (.+) could match (.+)", rf"option ambiguë{NBSP}: {{0}} peut vouloir dire {{1}}"),
    (r"argument (.+?): expected one argument", "argument {0}, une valeur est attendue"),
    (r"argument (.+?): expected at least one argument", "argument {0}, au moins une valeur est attendue"),
    (r"argument (.+?): expected at most one argument", "argument {0}, une valeur au plus est attendue"),
    (r"argument (.+?): expected (\d+) arguments?", "argument {0}, {1} valeurs sont attendues"),
    (
        r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)",
        "argument {0}, choix inconnu\u00a0: {1} (choisir parmi {2})",
    ),
    (r"argument (.+?): invalid (?:.+) value: (.+)", "argument {0}, valeur qui ne peut être lue\u00a0: {1}"),
    (r"argument (.+?): not allowed with argument (.+)", "argument {0}, ne va pas avec {1}"),
    (r"argument (.+?): ignored explicit argument (.+)", "argument {0}, ne prend pas de valeur\u00a0: {1}"),
)
"""Each message of the standard parser, and how it is said in French."""


class BilingualParser(argparse.ArgumentParser):
    """A parser whose errors and headings are in French and in English; its sub-parsers are of the same kind."""

    first: ClassVar[str] = "en"
    """The language that is said first."""

    def __init__(self, **given: object) -> None:
        super().__init__(**given, add_help=False)  # type: ignore[arg-type]  # whatever the parser above takes
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="show this and leave · montrer ceci et sortir")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in both languages, and how to find help; exit code 2."""
        told = {"en": f"Error: {message}", "fr": f"Erreur{NBSP}: {french(message)}"}
        second = "en" if self.first == "fr" else "fr"
        print(told[self.first], told[second], f"→ {self.prog} --help", sep="\n", file=sys.stderr)
        sys.exit(USAGE)

    def format_help(self) -> str:
        """Write the help under a heading in both languages."""
        return super().format_help().replace("usage: ", f"Usage · Utilisation{NBSP}: ", 1)


def parser_in(language: str) -> type[BilingualParser]:
    """Give the kind of parser that says this language first."""
    return type("Parser", (BilingualParser,), {"first": language})


def french(message: str) -> str:
    """Say a message of the standard parser in French; one of unknown shape as it comes."""
    for shape, told in _SHAPES:
        found = re.fullmatch(shape, message, re.DOTALL)
        if found is not None:
            return told.format(*found.groups())
    return f"la commande n’a pas été comprise ({message})"
