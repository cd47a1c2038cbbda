"""The door: the first run, unlocking, the recovery sheet. These pages work while the desk is locked.

The key file is written last: a first run that is cut short left nothing, and starts anew. A database without a key file
is set aside, never removed.
"""

from pathlib import Path
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from sansnom.desk.accounts import migrating
from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.forms import RenewForm, SheetForm, StartForm, UnlockForm
from sansnom.desk.accounts.models import Colleague, Role, SecondFactor
from sansnom.desk.accounts.signing import begin_session
from sansnom.desk.house.limits import Limiter
from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import DATABASE_FILE, database_path, key_path
from sansnom.desk.house.views import set_language
from sansnom.desk.house.words import say
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.sqlcipher.planning import tell_the_planner
from sansnom.desk.vault import key_file
from sansnom.desk.vault.secrets_on_paper import proposed_again
from sansnom.desk.vault.written import free_name
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError

UNLOCKING: Final = Limiter()
SHEETS: Final[dict[int, str]] = {}
"""Recovery codes that wait to be printed, by the director's number: in memory, until the director says it is done."""


def today() -> str:
    """Give the day, as the key file writes it."""
    return timezone.localdate().isoformat()


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Ask for what a new desk needs, and make it."""
    if key_path().exists() or KEYRING.is_unlocked:
        return redirect("accounts:unlock")
    form = StartForm(request.POST or None, initial={"language": translation.get_language() or "fr"})
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "accounts/start.html", {"form": form, "proposed": proposed_again(request.POST.get("proposed", ""))}
        )
    told = form.cleaned_data
    try:
        director = _make_desk(told)
    except PolicyRefusal:
        form.add_error(None, say("accounts.start.another_desk"))
        proposed = proposed_again(request.POST.get("proposed", ""))
        return render(request, "accounts/start.html", {"form": form, "proposed": proposed}, status=409)
    begin_session(request, director)
    response = redirect("accounts:sheet")
    set_language(response, told["language"])
    return response


def _make_desk(told: dict[str, str]) -> Colleague:
    _set_aside_orphans()
    database_key = key_file.new_database_key()
    KEYRING.unlock(database_key)
    try:
        _refuse_another_desk()
        migrating.migrate()
        with transaction.atomic():
            Organization.objects.create(name=told["organization"], language=told["language"])
            director = Colleague(
                sign_in_name=told["sign_in_name"].strip().casefold(),
                name=told["name"],
                role=Role.DIRECTOR,
                language=told["language"],
            )
            director.set_password(told["password"])
            director.save()
        opened = key_file.create_key_file(key_path(), told["passphrase"], today(), key_file.COST, database_key)
    except BaseException:
        connection.close()
        KEYRING.lock()
        raise
    director.wrap = opened.number
    director.save(update_fields=["wrap"])
    SHEETS[director.pk] = key_file.make_recovery(key_path(), database_key, today(), key_file.COST)
    return director


def _refuse_another_desk() -> None:
    """Leave alone a database on a server that is some desk's already: whoever lost the key file must not start anew over it."""
    if connection.vendor == "sqlite":
        return  # a file without its key was set aside a moment ago
    tables = connection.introspection.table_names()
    if Organization._meta.db_table in tables and Organization.objects.exists():  # noqa: SLF001 - Django's way to a table's name
        raise PolicyRefusal("vault.exists")


def _set_aside_orphans() -> None:
    """Move a database that no key file opens out of the way."""
    database: Path = database_path()
    mark = f"{timezone.now():%Y%m%d-%H%M%S}"
    for found in (database, *(database.with_name(DATABASE_FILE + end) for end in ("-wal", "-shm"))):
        if found.exists():
            found.replace(free_name(found.with_name(f"{found.name}.set-aside-{mark}")))


@login_not_required
def unlock(request: HttpRequest) -> HttpResponse:
    """Open the vault with a passphrase, or with the recovery code."""
    if KEYRING.is_unlocked:
        return redirect("house:door")
    if not key_path().exists():
        return redirect("accounts:start")
    form = UnlockForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/unlock.html", {"form": form})
    wait = UNLOCKING.wait_seconds("vault")
    if wait:
        form.add_error(None, say("accounts.wait", count=wait))
        return render(request, "accounts/unlock.html", {"form": form}, status=429)
    try:
        opened = key_file.open_key_file(key_path(), form.cleaned_data["passphrase"])
    except SansnomError as error:
        damaged = isinstance(error, InputError)
        if damaged:
            form.add_error(None, say("accounts.unlock.damaged"))
        else:
            UNLOCKING.wrong("vault")
            form.add_error("passphrase", say("accounts.unlock.wrong"))
        return render(request, "accounts/unlock.html", {"form": form}, status=409 if damaged else 200)
    UNLOCKING.right("vault")
    return _opened(request, opened, form)


def _opened(request: HttpRequest, opened: key_file.Opened, form: UnlockForm) -> HttpResponse:
    KEYRING.unlock(opened.database_key)
    try:
        migrating.bring_up_to_date(opened.database_key)
    except PolicyRefusal:
        connection.close()
        KEYRING.lock()
        form.add_error(None, say("accounts.upgrade.no_backup"))
        return render(request, "accounts/unlock.html", {"form": form}, status=409)
    tell_the_planner()
    Session.objects.all().delete()  # whoever was signed in before signs in again
    if opened.kind != key_file.RECOVERY:
        return redirect("accounts:sign_in")
    request.session.cycle_key()
    request.session["recovered"] = True
    return redirect("accounts:renew")


@login_not_required
def renew(request: HttpRequest) -> HttpResponse:
    """After the recovery sheet opened the desk: give a director a new passphrase, a new password and a new sheet."""
    if not KEYRING.is_unlocked or not request.session.get("recovered"):
        return redirect("accounts:unlock")
    form = RenewForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "accounts/renew.html", {"form": form, "proposed": proposed_again(request.POST.get("proposed", ""))}
        )
    director: Colleague = form.cleaned_data["director"]
    database_key = KEYRING.current()
    number = key_file.add_passphrase(key_path(), database_key, form.cleaned_data["passphrase"], today(), key_file.COST)
    if director.wrap:
        key_file.remove_passphrase(key_path(), database_key, director.wrap)
    director.wrap = number
    director.set_password(form.cleaned_data["password"])
    director.save(update_fields=["wrap", "password"])
    SHEETS[director.pk] = key_file.make_recovery(key_path(), database_key, today(), key_file.COST)
    SecondFactor.objects.filter(colleague=director).delete()  # the sheet is for who lost everything else
    begin_session(request, director)
    request.session.pop("recovered", None)
    return redirect("accounts:sheet")


@require_role(Role.DIRECTOR)
def sheet(request: HttpRequest) -> HttpResponse:
    """Show the recovery code until the director has it on paper."""
    director = me(request)
    code = SHEETS.get(director.pk)
    if code is None:
        return redirect("accounts:passphrases")
    form = SheetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["last_group"].strip().upper() == code.rpartition("-")[2]:
            del SHEETS[director.pk]
            Organization.objects.update(recovery_confirmed_on=timezone.localdate())
            messages.success(request, say("accounts.sheet.done"))
            return redirect("house:door")
        form.add_error("last_group", say("accounts.sheet.wrong_group"))
    return render(request, "accounts/sheet.html", {"form": form, "code": code, "day": timezone.localdate()})


@login_not_required
def lost(request: HttpRequest) -> HttpResponse:
    """Walk through a lost passphrase and a new computer."""
    return render(request, "accounts/lost.html")
