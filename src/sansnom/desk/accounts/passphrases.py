"""Who can open the desk: passphrases of the key file, and the recovery sheet."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.forms import PassphraseForm
from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.accounts.opening import SHEETS, today
from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import key_path
from sansnom.desk.house.words import say
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault import key_file
from sansnom.desk.vault.secrets_on_paper import proposed_again
from sansnom.terms.errors import PolicyRefusal


@require_role(Role.DIRECTOR)
def passphrases(request: HttpRequest) -> HttpResponse:
    """List who can open the desk, and since when."""
    held = {wrap.number: wrap for wrap in key_file.read_key_file(key_path()).wraps}
    opening = [
        {"colleague": colleague, "made_on": held[colleague.wrap].made_on}
        for colleague in Colleague.objects.exclude(wrap="")
        if colleague.wrap in held
    ]
    owned = {entry["colleague"].wrap for entry in opening if isinstance(entry["colleague"], Colleague)}
    told = {
        "opening": opening,
        "orphans": [w for w in held.values() if w.kind == key_file.PASSPHRASE and w.number not in owned],
        "sheet": next((wrap for wrap in held.values() if wrap.kind == key_file.RECOVERY), None),
        "others": Colleague.objects.filter(is_active=True, wrap=""),
        "organization": Organization.objects.first(),
    }
    return render(request, "accounts/passphrases.html", told)


@require_role(Role.DIRECTOR)
def passphrase_of(request: HttpRequest, number: int) -> HttpResponse:
    """Let a colleague type the passphrase that opens the desk: their first, or a new one."""
    colleague = get_object_or_404(Colleague, pk=number, is_active=True)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep_passphrase(colleague, form.cleaned_data["passphrase"])
        messages.success(request, say("accounts.passphrase.kept", name=colleague.name))
        return redirect("accounts:passphrases")
    told = {"form": form, "other": colleague, "proposed": proposed_again(request.POST.get("proposed", ""))}
    return render(request, "accounts/passphrase.html", told)


def keep_passphrase(colleague: Colleague, passphrase: str) -> None:
    """Wrap the database key under a colleague's passphrase, in place of an earlier one."""
    database_key = KEYRING.current()
    if colleague.wrap:
        key_file.replace_passphrase(key_path(), database_key, colleague.wrap, passphrase, today(), key_file.COST)
        return
    colleague.wrap = key_file.add_passphrase(key_path(), database_key, passphrase, today(), key_file.COST)
    colleague.save(update_fields=["wrap"])


@require_role(Role.DIRECTOR)
@require_POST
def take_passphrase(request: HttpRequest, wrap: str) -> HttpResponse:
    """Remove a passphrase: it opens nothing from now on."""
    try:
        key_file.remove_passphrase(key_path(), KEYRING.current(), wrap)
    except PolicyRefusal:
        messages.error(request, say("accounts.passphrase.last"))
        return redirect("accounts:passphrases")
    Colleague.objects.filter(wrap=wrap).update(wrap="")
    messages.success(request, say("accounts.passphrase.taken"))
    return redirect("accounts:passphrases")


@require_role(Role.DIRECTOR)
@require_POST
def new_sheet(request: HttpRequest) -> HttpResponse:
    """Make a new recovery sheet; the old one opens nothing from now on.

    First the desk forgets that there is a sheet on paper, then the key file changes: were it the other way round, a power cut
    between the two would leave a sheet in the safe that opens nothing, and a desk that relies on it.
    """
    number = me(request).pk
    Organization.objects.update(recovery_confirmed_on=None)

    def draw() -> None:
        SHEETS[number] = key_file.make_recovery(key_path(), KEYRING.current(), today(), key_file.COST)

    transaction.on_commit(draw)
    return redirect("accounts:sheet")
