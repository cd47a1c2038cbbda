"""Colleagues and what is remembered of their looking: roles, suspension, the access trail."""

import hashlib
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from sansnom.desk.house.words import say_later


class Role(models.TextChoices):
    """What somebody's work here is. Each role may do all that the one before it may."""

    COUNSELLOR = "counsellor", say_later("accounts.role.counsellor")
    COORDINATOR = "coordinator", say_later("accounts.role.coordinator")
    DIRECTOR = "director", say_later("accounts.role.director")


RANK = {Role.COUNSELLOR: 0, Role.COORDINATOR: 1, Role.DIRECTOR: 2}


class Colleagues(BaseUserManager["Colleague"]):
    """Finds colleagues by their sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Colleague":
        return self.get(sign_in_name=(username or "").strip().casefold())


class Colleague(AbstractBaseUser):
    """Somebody who works here and signs in. The persons served never have an account."""

    sign_in_name = models.CharField(say_later("accounts.colleague.sign_in_name"), max_length=80, unique=True)
    name = models.CharField(say_later("accounts.colleague.name"), max_length=200)
    role = models.CharField(say_later("accounts.colleague.role"), max_length=12, choices=Role.choices)
    language = models.CharField(
        say_later("accounts.colleague.language"), max_length=2, choices=(("fr", "Français"), ("en", "English"))
    )
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    shortcuts = models.BooleanField(say_later("accounts.colleague.shortcuts"), default=True)
    wrap = models.CharField(
        max_length=32, blank=True
    )  # the number of their passphrase in the key file, if they have one

    USERNAME_FIELD = "sign_in_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Colleagues] = Colleagues()

    class Meta:
        """Listed by name."""

        ordering = ("name", "pk")

    def __str__(self) -> str:
        """Give the colleague's name."""
        return self.name

    def clean(self) -> None:
        """Sign-in names are compared without case or spaces around them."""
        super().clean()
        self.sign_in_name = self.sign_in_name.strip().casefold()

    def may_act_as(self, role: Role | str) -> bool:
        """Tell whether this colleague's role includes that one."""
        return self.is_active and RANK[Role(self.role)] >= RANK[Role(role)]

    def suspend(self) -> None:
        """Take away this colleague's access, from the next request on, wherever they are signed in."""
        self.is_active = False
        self.suspended_at = timezone.now()
        self.save(update_fields=["is_active", "suspended_at"])

    def restore(self) -> None:
        """Give the access back."""
        self.is_active = True
        self.suspended_at = None
        self.save(update_fields=["is_active", "suspended_at"])


class Act(models.TextChoices):
    """What somebody did with a file."""

    LOOKED = "looked", say_later("accounts.act.looked")
    CHANGED = "changed", say_later("accounts.act.changed")
    EXPORTED = "exported", say_later("accounts.act.exported")
    PRINTED = "printed", say_later("accounts.act.printed")
    ERASED = "erased", say_later("accounts.act.erased")


class TrailEntry(models.Model):
    """Who did what with whose file, and when. The database refuses to change or remove an entry.

    The person is named by their file's random reference, not by a relation: erasing the person leaves an entry that
    points nowhere. Each entry carries a hash over the one before it, so that a gap would show.
    """

    at = models.DateTimeField()
    colleague = models.ForeignKey(Colleague, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    person_reference = models.CharField(max_length=40, db_index=True)
    chained = models.CharField(max_length=64)

    class Meta:
        """The newest first."""

        ordering = ("-pk",)
        indexes: ClassVar = [models.Index(fields=("colleague", "-at"), name="trail_by_colleague")]

    def __str__(self) -> str:
        """Name the act; never the person."""
        return f"{self.act} {self.at:%Y-%m-%d}"

    def chain_after(self, previous: str) -> str:
        """Compute this entry's hash over the one before it."""
        told = f"{previous}|{self.at.isoformat()}|{self.colleague_id}|{self.act}|{self.person_reference}"
        return hashlib.sha256(told.encode()).hexdigest()


class SecondFactor(models.Model):
    """Something a colleague has, asked for after their password: a TOTP application, a passkey, or one recovery code.

    What proves it lies in the encrypted database, and recovery codes only as hashes. `used_step` keeps a code from
    being used twice.
    """

    TOTP, PASSKEY, CODE = "totp", "passkey", "code"

    colleague = models.ForeignKey(Colleague, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=80, blank=True)
    secret = models.TextField()
    used_step = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What always holds of a row."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=("totp", "passkey", "code")), name="factor_kind"),
            models.UniqueConstraint(fields=("colleague",), condition=models.Q(kind="totp"), name="factor_one_totp"),
        ]

    def __str__(self) -> str:
        """Name the kind; never the secret."""
        return self.kind
