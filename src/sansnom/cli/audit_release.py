"""`sansnom audit release DIR`: ten attacks on every release of a board, and the analysis of risks that follows from them."""

import argparse
import json
from html import escape
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress

from sansnom.audit.attacks.outcome import Measure
from sansnom.audit.attacks.page import page
from sansnom.audit.attacks.practice import WEAKNESSES, Practice
from sansnom.audit.attacks.runner import ATTACKS, Audited, audit_release, told
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.journal import write_whole
from sansnom.board.language import Speaker
from sansnom.board.public import read_board
from sansnom.cli.speak import Voice
from sansnom.release.register import risk_analysis
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError

FIELDS: Final = ("description", "uses", "techniques", "security", "analysed")


def add_release_parser(verbs: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `audit release`."""
    parser = verbs.add_parser(
        "release",
        help="attack a board’s releases · attaquer les diffusions d’un site",
        description="Ten attacks on each release, from public files alone; 1 when one of them gets through. · "
        "Dix attaques sur chaque diffusion, par ses seuls fichiers publics; 1 si l’une d’elles passe.",
    )
    parser.add_argument("board", type=Path, metavar="DIR", help="the board’s folder · le dossier du site")
    parser.add_argument("--only", metavar="A1,...", default="", help="some attacks only · certaines attaques seulement")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page · écrire une page (HTML)")
    parser.add_argument(
        "--register", type=Path, metavar="DIR", help="write register and risks · écrire le registre et les risques"
    )
    parser.add_argument(
        "--planted",
        choices=WEAKNESSES,
        default="",
        help="test the audit itself: plant a weakness, it must turn red · essayer l’audit lui-même",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def run_release(args: argparse.Namespace) -> int:
    """Attack, and say what was found: 1 when an attack gets through."""
    if not (args.board / "roster.json").is_file():
        raise InputError("verify.no_board", where=str(args.board))
    only = tuple(each.strip().upper() for each in args.only.split(",") if each.strip())
    if not set(only) <= {f"A{number}" for number in range(1, len(ATTACKS) + 1)} or (only and args.register):
        raise InputError("attack.only", where="--only")
    audited = audit_board(args.board, args.voice, Practice(args.planted), only, quiet=args.json)
    if args.report:
        args.report.write_text(page(audited, args.planted), encoding="utf-8")
    if args.register:
        write_risks(args.register, audited, args.planted)
    if args.json:
        print(json.dumps(told(audited, args.planted), ensure_ascii=False))
    else:
        _say(args, audited)
    return 0 if all(each.passed for each in audited) else 1


def audit_board(
    folder: Path, voice: Voice, practice: Practice, only: tuple[str, ...] = (), *, quiet: bool = False
) -> list[Audited]:
    """Attack every release of a board; InputError when it has none."""
    board = read_board(folder, shipped_dictionaries())
    if not board.releases:
        raise InputError("attack.no_release", where=str(folder))
    audited = []
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=len(board.releases) * (len(only) or len(ATTACKS)))
        for release in board.releases:

            def progress(number: str, name: str = release.release) -> None:
                bar.update(task, advance=1, description=voice.text("attack.running", attack=number, release=name))

            audited.append(audit_release(board, release, practice, only=only, progress=progress))
    return audited


def write_risks(folder: Path, audited: list[Audited], planted: str = "") -> None:
    """Write, for each release, the analysis as JSON and as a page that opens anywhere."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in audited:
        analysis = risk_analysis(each.release, [outcome.to_json() for outcome in each.outcomes])
        write_whole(folder / f"{each.release.release}.json", canonical_bytes(analysis))
        shown = page([each], planted)
        for language in ("fr", "en"):
            mark = f'<section id="{language}" lang="{language}">\n'
            shown = shown.replace(mark, mark + _register(each, analysis, language), 1)
        write_whole(folder / f"{each.release.release}.html", shown.encode())


def _register(audited: Audited, analysis: dict[str, Any], language: str) -> str:
    """Write the register's five fields and the criteria in plain words."""
    speaker, voice = Speaker(language), Voice(language)
    entry = audited.release.register
    fields = {
        "description": ", ".join(speaker.of(text) for text in entry.description),
        "uses": speaker.of(entry.uses),
        "techniques": "; ".join(speaker.text(code).rstrip(".") for code in entry.techniques) + ".",
        "security": "; ".join(speaker.text(code).rstrip(".") for code in entry.security) + ".",
        "analysed": entry.analysed,
    }
    rows = "".join(
        f'<tr><th scope="row">{escape(voice.text(f"risk.field.{name}"))}</th><td>{escape(fields[name])}</td></tr>'
        for name in FIELDS
    )
    found = "".join(
        f"<li>{escape(voice.text('risk.criterion.' + each['criterion']))} "
        f"{escape(voice.text(each['verdict'], attacks=', '.join(each['failed'] or each['attacks'])))}</li>"
        for each in analysis["criteria"]
    )
    limits = "".join(f"<li>{escape(voice.text(code))}</li>" for code in analysis["not_measured"])
    return (
        f"<h1>{escape(voice.text('risk.title'))}</h1><h2>{escape(voice.text('risk.register'))}</h2>"
        f'<div class="wide"><table>{rows}</table></div><h2>{escape(voice.text("risk.found"))}</h2><ul>{found}</ul>'
        f"<h2>{escape(voice.text('risk.not_measured'))}</h2><ul>{limits}</ul>"
        f"<p><strong>{escape(voice.text(analysis['residual_risk']))}</strong></p>"
    )


def _say(args: argparse.Namespace, audited: list[Audited]) -> None:
    voice: Voice = args.voice
    for each in audited:
        for outcome in each.outcomes:
            mark = "✔" if outcome.passed else "✘"
            print(f"  {mark} {outcome.number:<3} {outcome.name[0 if voice.language == 'fr' else 1]}")
            for measure in outcome.measures:
                if not measure.good:
                    print("        " + _sentence(voice, measure))
        failed = [outcome.number for outcome in each.outcomes if not outcome.passed]
        code = "attack.release_failed" if failed else "attack.release_passed"
        voice.say(code, release=each.release.release, attacks=len(each.outcomes), failed=", ".join(failed))
    for option in (args.report, args.register):
        if option:
            voice.say("attack.report", where=str(option))
    if args.planted:
        voice.say("attack.planted", weakness=args.planted)


def _sentence(voice: Voice, measure: Measure) -> str:
    name = measure.name[0 if voice.language == "fr" else 1]
    times, unit = (100, " %") if measure.percent else (1, "")
    figures = [f"{times * value:.{max(measure.decimals, 1)}f}{unit}" for value in (measure.found, measure.limit)]
    if voice.language == "fr":
        figures = [figure.replace(".", ",").replace(" ", "\u00a0") for figure in figures]
    code = "attack.measure_floor" if measure.floor else "attack.measure_cap"
    return voice.text(code, name=name, found=figures[0], limit=figures[1])
