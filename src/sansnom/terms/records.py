"""One organization's own records, as plain nouns: what a desk knows and what a file gives. They never leave a desk.

Dates are ISO strings (`YYYY-MM-DD`) that the reader has checked; an empty string says unknown. Codes are those of the
dictionary.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A person served by one organization; only `local_id` is always there."""

    local_id: str
    given_names: str = ""
    family_names: str = ""
    birth_date: str = ""
    birth_date_precision: str = "day"
    sex: str = ""
    country_of_birth: str = ""
    mother_tongue: str = ""
    category: str = ""
    region: str = ""
    admission_date: str = ""
    arrival_date: str = ""
    postal_code: str = ""
    phone: str = ""
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One dated act for a person."""

    local_id: str
    service: str
    start: str
    end: str = ""
    minutes: int | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A level on a scale, in one skill, on one day."""

    local_id: str
    scale: str
    skill: str
    level: int
    date: str


@dataclass(frozen=True, slots=True)
class Status:
    """Employment and education, as observed on one day."""

    local_id: str
    date: str
    employment: str = ""
    education: str = ""


@dataclass(frozen=True, slots=True)
class Referral:
    """A person sent on to another organization (its code on the roster), for a service."""

    local_id: str
    service: str
    to_organization: str
    sent: str = ""
    accepted: bool | None = None
    completed: bool | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on a waiting list; no person is named."""

    service: str
    joined: str
    left: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A request that could not be answered; no person is named."""

    service: str
    date: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationRecords:
    """Everything one organization knows that a plan may ask about."""

    organization: str
    persons: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    statuses: tuple[Status, ...] = ()
    referrals: tuple[Referral, ...] = ()
    waitlist: tuple[Waiting, ...] = ()
    turned_away: tuple[TurnedAway, ...] = ()
