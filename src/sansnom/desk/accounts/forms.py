"""Forms of the door and of the colleagues' pages."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.house.forms import DeskForm, DeskModelForm, NameInput
from sansnom.desk.house.words import say, say_later

LANGUAGES = (("fr", "Français"), ("en", "English"))
PASSPHRASE_LETTERS_MIN = 16


def _hidden(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "none"})


def sign_in_name_field() -> forms.CharField:
    """Ask for a name to sign in with."""
    return forms.CharField(
        label=say_later("accounts.colleague.sign_in_name"),
        max_length=80,
        help_text=say_later("accounts.sign_in_name.hint"),
        widget=NameInput({"autocapitalize": "none", "autocomplete": "username"}),
    )


class NewPassphrase(forms.Form):
    """Asks twice for a passphrase: for part of another form."""

    passphrase = forms.CharField(
        label=say_later("accounts.passphrase"),
        help_text=say_later("accounts.passphrase.hint"),
        min_length=PASSPHRASE_LETTERS_MIN,
        max_length=500,
        strip=False,
        widget=_hidden("new-password"),
    )
    passphrase_again = forms.CharField(
        label=say_later("accounts.passphrase.again"), max_length=500, strip=False, widget=_hidden("new-password")
    )

    def clean_passphrase(self) -> str:
        """Refuse a passphrase of few letters."""
        told = str(self.cleaned_data["passphrase"])
        if len(set(told.casefold())) < 7:
            raise ValidationError(say("accounts.passphrase.too_simple"))
        return told

    def clean_passphrase_again(self) -> str:
        """Refuse two that differ."""
        told = str(self.cleaned_data["passphrase_again"])
        if "passphrase" in self.cleaned_data and told != self.cleaned_data["passphrase"]:
            raise ValidationError(say("accounts.passphrase.differ"))
        return told


class NewPassword(forms.Form):
    """Asks twice for a password to sign in with."""

    password = forms.CharField(
        label=say_later("accounts.password"),
        help_text=say_later("accounts.password.hint"),
        max_length=500,
        strip=False,
        widget=_hidden("new-password"),
    )
    password_again = forms.CharField(
        label=say_later("accounts.password.again"), max_length=500, strip=False, widget=_hidden("new-password")
    )

    def clean_password(self) -> str:
        """Refuse what is short or known."""
        told = str(self.cleaned_data["password"])
        password_validation.validate_password(told)
        return told

    def clean_password_again(self) -> str:
        """Refuse two that differ."""
        told = str(self.cleaned_data["password_again"])
        if "password" in self.cleaned_data and told != self.cleaned_data["password"]:
            raise ValidationError(say("accounts.password.differ"))
        return told


class StartForm(NewPassphrase, NewPassword, DeskForm):
    """The first run: organization, language, passphrase, first colleague."""

    organization = forms.CharField(
        label=say_later("house.organization.name"), max_length=200, widget=NameInput({"autofocus": True})
    )
    language = forms.ChoiceField(
        label=say_later("house.organization.language"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    name = forms.CharField(label=say_later("accounts.start.name"), max_length=200, widget=NameInput())
    sign_in_name = sign_in_name_field()
    field_order = (
        "organization",
        "language",
        "passphrase",
        "passphrase_again",
        "name",
        "sign_in_name",
        "password",
        "password_again",
    )


class UnlockForm(DeskForm):
    """Asks for a passphrase, or for the code of the recovery sheet."""

    passphrase = forms.CharField(
        label=say_later("accounts.unlock.passphrase"),
        help_text=say_later("accounts.unlock.hint"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )


class SignInForm(DeskForm):
    """Asks who is there."""

    sign_in_name = forms.CharField(
        label=say_later("accounts.colleague.sign_in_name"),
        max_length=80,
        widget=NameInput({"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=say_later("accounts.password"), max_length=500, strip=False, widget=_hidden("current-password")
    )


class SheetForm(DeskForm):
    """Asks for the last group of the recovery code: a way to know that the sheet was printed or copied."""

    last_group = forms.CharField(
        label=say_later("accounts.sheet.last_group"),
        max_length=8,
        widget=forms.TextInput({"autocomplete": "off", "class": "short"}),
    )


class RenewForm(NewPassphrase, NewPassword, DeskForm):
    """After the recovery sheet: which director it is, with a new passphrase and a new password."""

    director = forms.ModelChoiceField(
        label=say_later("accounts.renew.director"), queryset=Colleague.objects.none(), widget=forms.RadioSelect
    )
    field_order = ("director", "passphrase", "passphrase_again", "password", "password_again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        field = self.fields["director"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Colleague.objects.filter(role=Role.DIRECTOR, is_active=True)
            field.empty_label = None


class PassphraseForm(NewPassphrase, DeskForm):
    """A passphrase of somebody's own."""


class PasswordForm(NewPassword, DeskForm):
    """A new password."""


class ColleagueForm(DeskModelForm):
    """Who works here."""

    class Meta:
        """What can be set of a colleague."""

        model = Colleague
        fields: ClassVar = ("name", "sign_in_name", "role", "language")
        widgets: ClassVar = {
            "name": NameInput(),
            "sign_in_name": NameInput({"autocapitalize": "none"}),
            "role": forms.RadioSelect,
            "language": forms.RadioSelect,
        }

    def clean_sign_in_name(self) -> str:
        """Compare sign-in names without case."""
        return str(self.cleaned_data["sign_in_name"]).strip().casefold()


class NewColleagueForm(NewPassword, ColleagueForm):
    """A new colleague, with a first password that they change."""

    field_order = ("name", "sign_in_name", "role", "language", "password", "password_again")


class MeForm(DeskModelForm):
    """What somebody sets for themselves."""

    class Meta:
        """What can be set."""

        model = Colleague
        fields: ClassVar = ("name", "language", "shortcuts")
        widgets: ClassVar = {"name": NameInput(), "language": forms.RadioSelect}
