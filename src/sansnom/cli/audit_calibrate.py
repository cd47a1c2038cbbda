"""`sansnom audit linkage --calibrate`: make the weights of pair scoring again, from synthetic newcomers alone (minutes)."""

import argparse
import json
import sys
from pathlib import Path

from sansnom.audit.calibrate import PERSONS, SEED, calibrate
from sansnom.audit.fellegi_sunter import calibrate_countries
from sansnom.cli.speak import Voice, number
from sansnom.terms.scoring import LARGE_VERSION, SCORES, VERSION


def add_options(linkage: argparse.ArgumentParser) -> None:
    """Describe the calibration."""
    linkage.add_argument(
        "--calibrate",
        nargs="?",
        const=VERSION,
        metavar="VERSION",
        help="make the weights and the threshold again from synthetic newcomers (minutes) · refaire les poids et le seuil à "
        "partir de nouveaux arrivants synthétiques (quelques minutes)",
    )
    linkage.add_argument("--seed", type=int, default=SEED, help=f"of --calibrate; {SEED}")
    linkage.add_argument("--persons", type=int, default=PERSONS, help=f"of --calibrate; {PERSONS}")
    linkage.add_argument("--out", type=Path, metavar="FILE", help="of --calibrate: JSON · de --calibrate : JSON")


def run_calibration(args: argparse.Namespace) -> int:
    """Calibrate, and say whether the shipped table came out: 1 when it did not, though its seed and size were asked for."""
    voice: Voice = args.voice

    def said(step: str, done: int, of: int) -> None:
        if not args.json:
            print(voice.text(f"linkage.calibrate.{step}", done=done, of=of), file=sys.stderr, flush=True)

    shipped = SCORES.get(args.calibrate)
    if args.calibrate == LARGE_VERSION:
        found = calibrate_countries(args.calibrate, seed=args.seed, persons=args.persons, progress=said)
    else:
        firm = None if shipped is None else shipped.firm
        found = calibrate(args.calibrate, seed=args.seed, persons=args.persons, firm=firm, progress=said)
    told = json.dumps(found.to_json(), indent=1)
    if args.out:
        args.out.write_text(told + "\n", encoding="utf-8")
    same = shipped is not None and shipped == found.table
    if args.json:
        print(told)
    else:
        counts = {"pairs": number(found.pairs, voice.language), "one": number(found.of_one_person, voice.language)}
        voice.say("linkage.calibrate.found", version=args.calibrate, **counts)
        print(f"{found.table.base}, {found.table.growth}, {found.table.points}, {found.as_line()!r}")
        voice.say("linkage.calibrate.same" if same else "linkage.calibrate.other", version=args.calibrate)
    asked_as_shipped = (args.seed, args.persons) == (SEED, PERSONS)
    return int(shipped is not None and asked_as_shipped and not same)
