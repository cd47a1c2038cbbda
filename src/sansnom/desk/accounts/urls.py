"""Addresses of the door and of the colleagues' pages."""

from django.urls import URLPattern, path

from sansnom.desk.accounts import colleagues, keeping, opening, passphrases, second, signing

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("start/", opening.start, name="start"),
    path("unlock/", opening.unlock, name="unlock"),
    path("unlock/renew/", opening.renew, name="renew"),
    path("help/lost/", opening.lost, name="lost"),
    path("recovery-sheet/", opening.sheet, name="sheet"),
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/second/", second.second, name="second"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("lock/", signing.lock, name="lock"),
    path("me/", colleagues.my_page, name="me"),
    path("me/password/", colleagues.my_password, name="my_password"),
    path("me/second/", second.my_factors, name="factors"),
    path("me/second/application/", second.add_totp, name="add_totp"),
    path("me/second/passkey/", second.add_passkey, name="add_passkey"),
    path("me/second/codes/", second.codes, name="codes"),
    path("me/second/<int:number>/remove/", second.remove_factor, name="remove_factor"),
    path("settings/colleagues/", colleagues.colleagues, name="colleagues"),
    path("settings/colleagues/new/", colleagues.new_colleague, name="new_colleague"),
    path("settings/colleagues/<int:number>/", colleagues.colleague_page, name="colleague"),
    path("settings/colleagues/<int:number>/suspend/", colleagues.suspend, name="suspend"),
    path("settings/colleagues/<int:number>/restore/", colleagues.restore, name="restore"),
    path("settings/colleagues/<int:number>/password/", colleagues.new_password, name="new_password"),
    path("settings/colleagues/<int:number>/passphrase/", passphrases.passphrase_of, name="passphrase"),
    path("settings/colleagues/<int:number>/second/", second.clear_factors, name="clear_factors"),
    path("settings/passphrases/", passphrases.passphrases, name="passphrases"),
    path("settings/passphrases/sheet/", passphrases.new_sheet, name="new_sheet"),
    path("settings/passphrases/<slug:wrap>/take/", passphrases.take_passphrase, name="take_passphrase"),
    path("settings/organization/", keeping.organization_page, name="organization"),
    path("settings/backups/", keeping.backups, name="backups"),
    path("settings/backups/now/", keeping.back_up, name="back_up"),
    path("settings/trail/", colleagues.trail, name="trail"),
]
