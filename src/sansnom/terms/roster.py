"""The roster: which organizations may be asked, which three helpers compute, by which keys all of them are known."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.party import HELPERS

FORMAT = "sansnom/roster/1"
YEARLY = Fraction(1, 4)
"""Default rho of a person and year."""
SIZE_CLASSES = tuple(2**power for power in range(5, 21))
"""Rows of a submission: 32, 64, ..., 1,048,576. Fixed in the roster for a year: a size says nothing of a quarter."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization on the roster; `number` (from 1) never changes and is never given again. Keys are base64."""

    number: int
    code: str
    name: Text
    sign_key: str
    seal_key: str
    size_class: int
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Helper:
    """One of the three computing institutions: where it listens and the keys it is known by.

    `certificate` is the SHA-256 (hexadecimal) of its TLS certificate.
    """

    name: Text
    institution: Text
    sign_key: str
    seal_key: str
    url: str
    peer_address: str
    certificate: str

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object of a helper's entry."""
        return {
            "name": self.name.to_json(),
            "institution": self.institution.to_json(),
            "sign_key": self.sign_key,
            "seal_key": self.seal_key,
            "url": self.url,
            "peer_address": self.peer_address,
            "certificate": self.certificate,
        }

    @classmethod
    def from_reader(cls, r: Reader) -> "Helper":
        """Read a helper's entry strictly."""
        helper = cls(
            name=r.text("name"),
            institution=r.text("institution"),
            sign_key=r.string("sign_key"),
            seal_key=r.string("seal_key"),
            url=r.string("url"),
            peer_address=r.string("peer_address"),
            certificate=r.string("certificate"),
        )
        r.done()
        return helper


@dataclass(frozen=True, slots=True)
class Roster:
    """A signed version of who takes part, and of what they agreed on.

    log_key   the public key of the board's log, as C2SP notes write it (NAME+HASH+BASE64); empty where there is no log yet
    ratified  sensitive dimensions that the organizations allow to be asked
    yearly    rho that a person may lose in a year
    trial     whether all of it runs on one machine: a board of such a roster says so on every page
    """

    version: int
    year: str
    convener: Text
    convener_key: str
    helpers: tuple[Helper, ...]
    organizations: tuple[Organization, ...]
    log_key: str = ""
    ratified: tuple[str, ...] = ()
    yearly: Fraction = YEARLY
    trial: bool = False

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the roster's canonical bytes."""
        return digest_hex(self.to_json())

    def organization(self, code: str) -> Organization:
        """Find an organization by its code; KeyError when it is not on the roster."""
        for organization in self.organizations:
            if organization.code == code:
                return organization
        raise KeyError(code)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "version": self.version,
            "year": self.year,
            "convener": self.convener.to_json(),
            "convener_key": self.convener_key,
            "helpers": [h.to_json() for h in self.helpers],
            "organizations": [
                {
                    "number": o.number,
                    "code": o.code,
                    "name": o.name.to_json(),
                    "sign_key": o.sign_key,
                    "seal_key": o.seal_key,
                    "size_class": o.size_class,
                    "services": list(o.services),
                }
                for o in self.organizations
            ],
        } | self._chosen()

    def _chosen(self) -> dict[str, Any]:
        """Give the members that differ from what is meant where they are not written: old rosters keep their bytes."""
        told: dict[str, Any] = {}
        if self.log_key:
            told["log_key"] = self.log_key
        if self.ratified:
            told["ratified"] = list(self.ratified)
        if self.yearly != YEARLY:
            told["yearly"] = str(self.yearly)
        if self.trial:
            told["trial"] = True
        return told

    @classmethod
    def from_json(cls, value: object) -> "Roster":
        """Read a roster strictly: three helpers, numbers, codes and keys all different, size classes of the list."""
        r = Reader(value, "roster")
        r.expect("schema", FORMAT)
        roster = cls(
            version=r.integer("version", low=1),
            year=r.string("year"),
            convener=r.text("convener"),
            convener_key=r.string("convener_key"),
            helpers=tuple(Helper.from_reader(h) for h in r.objects("helpers")),
            organizations=tuple(_organization(o) for o in r.objects("organizations")),
            log_key=r.string("log_key", ""),
            ratified=r.strings("ratified", ()),
            yearly=r.fraction("yearly", YEARLY),
            trial=r.boolean("trial", False),  # noqa: FBT003 - a default
        )
        r.done()
        if not 0 < roster.yearly <= 1:
            raise InputError("roster.yearly", where="roster.yearly")
        if len(roster.helpers) not in (0, HELPERS):
            raise InputError("roster.helpers", where="roster.helpers", expected=HELPERS)
        for name in ("number", "code", "sign_key", "seal_key"):
            told = [getattr(o, name) for o in roster.organizations]
            if len(set(told)) != len(told):
                raise InputError("roster.twice", where=f"roster.organizations.{name}")
        keys = [key for h in roster.helpers for key in (h.sign_key, h.seal_key)]
        keys += [key for o in roster.organizations for key in (o.sign_key, o.seal_key)]
        if len(set(keys)) != len(keys) or roster.convener_key in keys:
            raise InputError("roster.shared_key", where="roster")
        return roster


def _organization(r: Reader) -> Organization:
    organization = Organization(
        number=r.integer("number", low=1, high=4095),
        code=r.string("code"),
        name=r.text("name"),
        sign_key=r.string("sign_key"),
        seal_key=r.string("seal_key"),
        size_class=r.integer("size_class"),
        services=r.strings("services"),
    )
    r.done()
    if organization.size_class not in SIZE_CLASSES:
        raise InputError("roster.size_class", where=f"{r.where}.size_class")
    return organization
