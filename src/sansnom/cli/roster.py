"""`sansnom roster`: who takes part, under which keys; every version signed by the convener and written down.

A roster lives in one directory:

    convener.json    the convener's private keys (only its owner may read it)
    draft.json       what the next version will say
    roster.json      the latest signed version: this file is published
    history.jsonl    one line for each signed version: its digest, who came, who left

Numbers of organizations are given once and never again.
"""

import argparse
import json
import os
import re
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from sansnom.exchange.keeper import read_letter, write_letter
from sansnom.exchange.keys import PrivateKeys, PublicKeys, fingerprint
from sansnom.exchange.pepper import GroupSecret, draw_group_secret, pepper_for
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.party import HELPERS, PARTIES
from sansnom.terms.roster import SIZE_CLASSES, YEARLY, Helper, Organization, Roster
from sansnom.transparency.note import Verifier
from sansnom.transparency.signature import sign_object, verify_object

KIND: Final = "roster"
DRAFT_FORMAT: Final = "sansnom/roster-draft/1"
SECRET_FORMAT: Final = "sansnom/group-secret-kept/1"  # noqa: S105 - the name of a format
HELPER_FORMAT: Final = "sansnom/helper/1"
CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser("roster", help="who takes part, under which keys · qui participe, sous quelles clés")
    verbs = parser.add_subparsers(dest="roster_verb", metavar="VERB", required=True)

    keys = verbs.add_parser("keys", help="make a desk's keys · créer les clés d’un poste")
    keys.add_argument("--out", type=Path, required=True, metavar="FILE")

    init = verbs.add_parser("init", help="begin a roster · commencer une liste")
    init.add_argument("--year", required=True)
    init.add_argument("--convener-fr", required=True, metavar="NAME")
    init.add_argument("--convener-en", required=True, metavar="NAME")

    init.add_argument("--log-key", default="", metavar="KEY", help="from board key · clé publique du journal")
    init.add_argument("--ratified", default="", metavar="CODE,CODE", help="sensitive variables allowed · permises")
    init.add_argument(
        "--yearly", type=Fraction, default=YEARLY, metavar="RHO", help=f"budget of a year · d’une année ({YEARLY})"
    )

    add = verbs.add_parser(
        "add", help="add an organization or a helper · ajouter un organisme ou une institution de calcul"
    )
    add.add_argument("--organization", metavar="CODE")
    add.add_argument("--keys", type=Path, metavar="FILE", help="its public-key file · son fichier de clés publiques")
    add.add_argument("--name-fr", metavar="NAME")
    add.add_argument("--name-en", metavar="NAME")
    add.add_argument("--size-class", type=int, metavar="ROWS", help="32, 64, 128 ...")
    add.add_argument("--services", default="", metavar="CODE,CODE")
    add.add_argument("--fingerprint", metavar="DIGITS", help="as read by telephone · comme lue au téléphone")
    add.add_argument("--helper", type=Path, metavar="FILE", help="a helper's helper.json")

    rekey = verbs.add_parser("rekey", help="other keys for one who lost a machine · d’autres clés, machine perdue")
    rekey.add_argument("code", metavar="CODE")
    rekey.add_argument(
        "--keys", type=Path, required=True, metavar="FILE", help="its new public-key file · nouvelles clés"
    )
    rekey.add_argument(
        "--fingerprint", required=True, metavar="DIGITS", help="as read by telephone · comme lue au téléphone"
    )

    remove = verbs.add_parser("remove", help="remove an organization · retirer un organisme")
    remove.add_argument("code", metavar="CODE")

    sign = verbs.add_parser("sign", help="sign the draft as a new version · signer le brouillon")
    show = verbs.add_parser("show", help="show a signed roster · montrer une liste signée")
    show.add_argument("--json", action="store_true", help="print the roster as JSON · écrire la liste en JSON")
    letter = verbs.add_parser("letter", help="keeper: seal the group secret · gardien : sceller le secret du groupe")
    letter.add_argument("--keeper", required=True, metavar="CODE")
    receive = verbs.add_parser("receive", help="open one's part of a letter · ouvrir sa part d’une lettre")
    receive.add_argument("--code", required=True, metavar="CODE")
    for secret in (letter, receive):
        secret.add_argument("--keys", type=Path, required=True, metavar="FILE", help="private keys · clés privées")
        secret.add_argument("--secret", type=Path, required=True, metavar="FILE")
        secret.add_argument("--letter", type=Path, required=True, metavar="FILE")
    check = verbs.add_parser("check", help="a question's check value · la valeur de contrôle d’une question")
    check.add_argument("--secret", type=Path, required=True, metavar="FILE")
    check.add_argument("--plan", required=True, metavar="NAME")
    for verb in (init, add, rekey, remove, sign, show, letter, receive):
        verb.add_argument("--dir", type=Path, default=Path("roster"), metavar="DIR")


def run(args: argparse.Namespace) -> int:
    """Do one of its verbs; 0 when done."""
    {
        "keys": _keys,
        "init": _init,
        "add": _add,
        "rekey": _rekey,
        "remove": _remove,
        "sign": _sign,
        "show": _show,
        "letter": _letter,
        "receive": _receive,
        "check": _check,
    }[args.roster_verb](args)
    return 0


def load_signed(path: Path) -> Roster:
    """Read a signed roster and check its own convener's signature; who that convener is, a person compares."""
    envelope = _read_json(path)
    stated = envelope.get("signed") if isinstance(envelope, dict) else None
    allowed = stated.get("convener_key") if isinstance(stated, dict) else None
    return Roster.from_json(verify_object(KIND, envelope, [allowed] if isinstance(allowed, str) else [], 1))


def write_private_keys(path: Path, keys: PrivateKeys) -> None:
    """Write private keys into a new file that only its owner may read; InputError `roster.exists`."""
    _write_new(path, canonical_bytes(dict(keys.to_json_secret())), 0o600)


def read_private_keys(path: Path) -> PrivateKeys:
    """Read private keys; InputError `roster.open_file` when others may read them too."""
    _check_closed(path)
    return PrivateKeys.from_json(_read_json(path))


# ---------------------------------------------------------------------------------------------------------- its verbs


def _keys(args: argparse.Namespace) -> None:
    keys = PrivateKeys.generate(os.urandom)
    public = args.out.with_name(args.out.name + ".public.json")
    if public.exists():
        raise InputError("roster.exists", where=public.name)
    write_private_keys(args.out, keys)
    _write_new(public, canonical_bytes(dict(keys.public.to_json())), 0o644)
    args.voice.say("roster.told.keys", private=args.out.name, public=public.name)
    args.voice.say("roster.told.fingerprint", name=public.name, fingerprint=keys.public.fingerprint)
    args.voice.say("roster.told.compare")


def _init(args: argparse.Namespace) -> None:
    draft_path = args.dir / "draft.json"
    if draft_path.exists():
        raise InputError("roster.exists", where=draft_path.name)
    args.dir.mkdir(parents=True, exist_ok=True)
    keys = PrivateKeys.generate(os.urandom)
    write_private_keys(args.dir / "convener.json", keys)
    convener = Text(args.convener_fr, args.convener_en)
    draft = {
        "schema": DRAFT_FORMAT,
        "next_number": 1,
        "helpers": [None] * HELPERS,
        "roster": Roster(
            *(1, args.year, convener, keys.public.sign_key, (), ()),
            log_key=Verifier.read(args.log_key).text if args.log_key else "",
            ratified=tuple(code for code in args.ratified.split(",") if code),
            yearly=args.yearly,
        ).to_json(),
    }
    _write_draft(args.dir, draft)
    args.voice.say("roster.told.init", year=args.year, where=args.dir.name, private="convener.json")
    args.voice.say("roster.told.fingerprint", name="convener.json", fingerprint=keys.public.fingerprint)


def _add(args: argparse.Namespace) -> None:
    draft = _read_draft(args.dir)
    if args.helper is not None and args.organization is None:
        _add_helper(args, draft)
        return
    needed = (args.organization, args.keys, args.name_fr, args.name_en, args.size_class)
    if args.helper is not None or any(given is None for given in needed):
        raise InputError("roster.what", where="roster add")
    if not CODE.fullmatch(args.organization):
        raise InputError("roster.code", where="--organization")
    if args.organization in {o["code"] for o in draft["roster"]["organizations"]}:
        raise InputError("roster.taken", where="--organization")
    if args.size_class not in SIZE_CLASSES:
        raise InputError("roster.size_class", where="--size-class")
    public = PublicKeys.from_json(_read_json(args.keys))
    if args.fingerprint is not None and _digits(args.fingerprint) != _digits(public.fingerprint):
        raise InputError("roster.fingerprint", where="--fingerprint")
    number = int(draft["next_number"])
    added = Organization(
        number=number,
        code=args.organization,
        name=Text(args.name_fr, args.name_en),
        sign_key=public.sign_key,
        seal_key=public.seal_key,
        size_class=args.size_class,
        services=_services(args.services),
    )
    entry = Roster(1, "", Text("", ""), "", (), (added,)).to_json()["organizations"][0]
    draft["roster"]["organizations"].append(entry)
    draft["next_number"] = number + 1
    Roster.from_json(draft["roster"])
    _write_draft(args.dir, draft)
    args.voice.say("roster.told.added", code=args.organization, number=number)
    args.voice.say("roster.told.fingerprint", name=args.organization, fingerprint=public.fingerprint)
    if args.fingerprint is None:
        args.voice.say("roster.told.compare")


def _add_helper(args: argparse.Namespace, draft: dict[str, Any]) -> None:
    r = Reader(_read_json(args.helper), "helper")
    r.expect("schema", HELPER_FORMAT)
    party = r.integer("party", high=HELPERS - 1)
    entry = r.inner("entry")
    helper = Helper(
        name=entry.text("name"),
        institution=entry.text("institution"),
        **{name: entry.string(name) for name in ("sign_key", "seal_key", "url", "peer_address", "certificate")},
    )
    entry.done()
    r.done()
    told = fingerprint(helper.sign_key, helper.seal_key)
    if args.fingerprint is not None and _digits(args.fingerprint) != _digits(told):
        raise InputError("roster.fingerprint", where="--fingerprint")
    draft["helpers"][party] = Roster(1, "", Text("", ""), "", (helper,), ()).to_json()["helpers"][0]
    _write_draft(args.dir, draft)
    args.voice.say("roster.told.helper", party=party)
    args.voice.say("roster.told.fingerprint", name=helper.name.in_language(args.voice.language), fingerprint=told)


def _rekey(args: argparse.Namespace) -> None:
    """Give an organization other keys and another number: a submission is known by its number, and was signed by the old keys."""
    draft = _read_draft(args.dir)
    entry = next((o for o in draft["roster"]["organizations"] if o["code"] == args.code), None)
    if entry is None:
        raise InputError("roster.absent", where="CODE")
    public = PublicKeys.from_json(_read_json(args.keys))
    if _digits(args.fingerprint) != _digits(public.fingerprint):
        raise InputError("roster.fingerprint", where="--fingerprint")
    if (public.sign_key, public.seal_key) == (entry["sign_key"], entry["seal_key"]):
        raise InputError("roster.same_keys", where="--keys")
    number = int(draft["next_number"])
    entry |= {"number": number, "sign_key": public.sign_key, "seal_key": public.seal_key}
    draft["next_number"] = number + 1
    Roster.from_json(draft["roster"])
    _write_draft(args.dir, draft)
    args.voice.say("roster.told.rekeyed", code=args.code, number=number)
    args.voice.say("roster.told.fingerprint", name=args.code, fingerprint=public.fingerprint)


def _remove(args: argparse.Namespace) -> None:
    draft = _read_draft(args.dir)
    kept = [o for o in draft["roster"]["organizations"] if o["code"] != args.code]
    if len(kept) == len(draft["roster"]["organizations"]):
        raise InputError("roster.absent", where="CODE")
    draft["roster"]["organizations"] = kept
    _write_draft(args.dir, draft)
    args.voice.say("roster.told.removed", code=args.code)


def _sign(args: argparse.Namespace) -> None:
    """Sign the draft as the next version: history first, so that no version exists that is not written down."""
    draft = _read_draft(args.dir)
    keys = read_private_keys(args.dir / "convener.json")
    path = args.dir / "roster.json"
    before = load_signed(path) if path.exists() else None
    version = 1 if before is None else before.version + 1
    told = {**draft["roster"], "version": version, "helpers": [h for h in draft["helpers"] if h is not None]}
    roster = Roster.from_json(told)
    if before is not None and before.to_json() == {**roster.to_json(), "version": before.version}:
        raise InputError("roster.unchanged", where="draft.json")
    envelope = sign_object(KIND, roster.to_json(), keys.signing)
    verify_object(KIND, envelope, [roster.convener_key], 1)
    line = canonical_bytes(_history_entry(before, roster)) + b"\n"
    with (args.dir / "history.jsonl").open("ab") as history:
        history.write(line)
        history.flush()
        os.fsync(history.fileno())
    _replace(path, canonical_bytes(envelope))
    args.voice.say(
        "roster.told.signed",
        version=version,
        organizations=len(roster.organizations),
        helpers=len(roster.helpers),
        digest=roster.digest,
    )


def _history_entry(before: Roster | None, roster: Roster) -> dict[str, Any]:
    earlier = {} if before is None else {o.code: o for o in before.organizations}
    now = {o.code: o for o in roster.organizations}
    came = [o for code, o in now.items() if code not in earlier or earlier[code].number != o.number]
    left = [o for code, o in earlier.items() if code not in now or now[code].number != o.number]
    return {
        "version": roster.version,
        "digest": roster.digest,
        "signed": datetime.now(tz=UTC).date().isoformat(),
        "helpers": [fingerprint(h.sign_key, h.seal_key) for h in roster.helpers],
        "added": [
            {"number": o.number, "code": o.code, "fingerprint": fingerprint(o.sign_key, o.seal_key)} for o in came
        ],
        "removed": [{"number": o.number, "code": o.code} for o in left],
    }


def _show(args: argparse.Namespace) -> None:
    roster = load_signed(args.dir / "roster.json" if args.dir.is_dir() else args.dir)
    if args.json:
        print(
            json.dumps({"schema": "sansnom/roster-shown/1", "ok": True, "roster": roster.to_json()}, ensure_ascii=False)
        )
        return
    language = args.voice.language
    args.voice.say(
        "roster.told.title",
        year=roster.year,
        version=roster.version,
        convener=roster.convener.in_language(language),
        digest=roster.digest,
    )
    for party, helper in zip(PARTIES, roster.helpers, strict=False):
        args.voice.say(
            "roster.told.seat",
            party=int(party),
            name=helper.name.in_language(language),
            institution=helper.institution.in_language(language),
            fingerprint=fingerprint(helper.sign_key, helper.seal_key),
        )
    for o in roster.organizations:
        args.voice.say(
            "roster.told.organization",
            number=o.number,
            code=o.code,
            name=o.name.in_language(language),
            rows=o.size_class,
            services=len(o.services),
            fingerprint=fingerprint(o.sign_key, o.seal_key),
        )


def _letter(args: argparse.Namespace) -> None:
    """Seal the group secret to every desk; a secret file that is not there yet is drawn: a new year begins."""
    roster = load_signed(args.dir / "roster.json")
    keys = read_private_keys(args.keys)
    fresh = not args.secret.exists()
    group = draw_group_secret(roster.year, os.urandom) if fresh else _read_secret(args.secret)
    letter = canonical_bytes(write_letter(group, roster, args.keeper, keys.signing))
    if fresh:
        _write_secret(args.secret, group)
    _replace(args.letter, letter)
    args.voice.say("roster.told.letter", organizations=len(roster.organizations), where=args.letter.name)


def _receive(args: argparse.Namespace) -> None:
    roster = load_signed(args.dir / "roster.json")
    try:
        organization = roster.organization(args.code)
    except KeyError:
        raise InputError("roster.absent", where="--code") from None
    group = read_letter(_read_json(args.letter), roster, organization, read_private_keys(args.keys).sealing)
    _write_secret(args.secret, group)
    args.voice.say("roster.told.received", year=group.year, step=group.step, where=args.secret.name)


def _check(args: argparse.Namespace) -> None:
    """Print the check value that a plan of this name must carry: public, and nothing about the secret follows from it."""
    print(pepper_for(_read_secret(args.secret), args.plan).check)


# -------------------------------------------------------------------------------------------------------------- files


def _services(text: str) -> tuple[str, ...]:
    from sansnom.desk.files.codes import codes_of

    chosen = tuple(code for code in text.split(",") if code)
    known = codes_of("services")
    if not set(chosen) <= set(known):
        raise InputError("roster.services", where="--services", expected=known)
    return chosen


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds; readers check it
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise InputError("roster.file", where=path.name) from None


def _read_draft(directory: Path) -> dict[str, Any]:
    """Read a draft that somebody may have edited by hand; InputError for anything that no verb here has written."""
    r = Reader(_read_json(directory / "draft.json"), "draft")
    r.expect("schema", DRAFT_FORMAT)
    number = r.integer("next_number", low=1)
    helpers, told = r._take("helpers", list, ...), r._take("roster", dict, ...)  # noqa: SLF001 - Reader gives no plain object
    r.done()
    roster = Roster.from_json(told)
    if len(helpers) != HELPERS or not all(helper is None or isinstance(helper, dict) for helper in helpers):
        raise InputError("roster.file", where="draft.json")
    return {"schema": DRAFT_FORMAT, "next_number": number, "helpers": helpers, "roster": roster.to_json()}


def _write_draft(directory: Path, draft: dict[str, Any]) -> None:
    _replace(directory / "draft.json", json.dumps(draft, ensure_ascii=False, indent=1).encode())


def _read_secret(path: Path) -> GroupSecret:
    _check_closed(path)
    r = Reader(_read_json(path), "group_secret")
    r.expect("schema", SECRET_FORMAT)
    year, step, secret = r.string("year"), r.integer("step"), r.string("secret")
    r.done()
    try:
        return GroupSecret(year, step, bytes.fromhex(secret))
    except ValueError:
        raise InputError("pepper.size", where=path.name) from None


def _write_secret(path: Path, group: GroupSecret) -> None:
    told: dict[str, Any] = {
        "schema": SECRET_FORMAT,
        "year": group.year,
        "step": group.step,
        "secret": group.secret.hex(),
    }
    _write_new(path, canonical_bytes(told), 0o600)


def _check_closed(path: Path) -> None:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise InputError("roster.open_file", where=path.name)
    except OSError:
        raise InputError("roster.file", where=path.name) from None


def _write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet, with these rights from its first byte."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise InputError("roster.exists", where=path.name) from None
    except OSError:
        raise InputError("roster.file", where=path.name) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    making = path.with_name(f".{path.name}.making")
    making.write_bytes(content)
    making.replace(path)
