"""What the command line says about the desk, in French and in English."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "desk.demo.making": (
        "Création d’un poste de démonstration, de personnes synthétiques et de trois institutions\u00a0: {where}",
        "Making a demonstration desk, synthetic people and three helpers: {where}",
    ),
    "desk.demo.ready": (
        (
            "Ouvrez {url} et connectez-vous\u00a0: «\u00a0director\u00a0», «\u00a0coordinator\u00a0» ou «\u00a0counsellor\u00a0», "
            "mot de passe {password}. Phrase secrète du poste\u00a0: {passphrase}. Ctrl-C pour terminer."
        ),
        (
            "Open {url} and sign in: “director”, “coordinator” or “counsellor”, password {password}. "
            "The desk’s passphrase: {passphrase}. Ctrl-C to end."
        ),
    ),
    "desk.serving": (
        "Le poste répond à {url}\u00a0. Laissez cette fenêtre ouverte; Ctrl+C l’arrête.",
        "The desk answers at {url} . Leave this window open; Ctrl+C stops it.",
    ),
    "desk.no_tls": (
        "Un autre ordinateur ne peut ouvrir le poste que par TLS. Donnez {where}, ou enlevez --host.",
        "Another computer may open the desk only over TLS. Give {where}, or leave out --host.",
    ),
    "desk.no_host": (
        "Un certificat va avec un nom d’hôte. Donnez aussi {where}.",
        "A certificate goes with a host name. Give {where} too.",
    ),
    "desk.no_file": ("Le fichier {where} est introuvable.", "The file {where} is not there."),
    "desk.port_taken": (
        (
            "Quelque chose répond déjà au port {port}\u00a0: peut-être le poste lui-même. "
            "Ouvrez http://localhost:{port}/ , ou choisissez un autre --port."
        ),
        (
            "Something already answers at port {port}: perhaps the desk itself. "
            "Open http://localhost:{port}/ , or choose another --port."
        ),
    ),
    "desk.database_address": (
        "{where} doit être de la forme postgresql://nom@hôte/base. Rien n’a été ouvert.",
        "{where} must read postgresql://name@host/database. Nothing was opened.",
    ),
    "desk.on_a_server": (
        (
            "{where} nomme un serveur PostgreSQL\u00a0: ses copies se font, se vérifient et se remettent en place sur ce serveur. "
            "Gardez avec elles une copie de desk.keys. Rien n’a été changé."
        ),
        (
            "{where} names a PostgreSQL server: its backups are made, checked and restored on that server. "
            "Keep a copy of desk.keys with them. Nothing was changed."
        ),
    ),
    "desk.locked": (
        "Le poste est verrouillé. Ouvrez-le avec une phrase secrète.",
        "The desk is locked. Open it with a passphrase.",
    ),
    "desk.no_desk": (
        "Il n’y a pas de poste dans ce dossier. Lancez «\u00a0sansnom desk\u00a0» pour en créer un.",
        "There is no desk in this folder. Run “sansnom desk” to create one.",
    ),
    "desk.backup_folder": (
        "Le dossier {where} n’existe pas ou n’est pas branché. Aucune copie n’a été faite.",
        "The folder {where} does not exist or is not plugged in. No backup was made.",
    ),
    "desk.backup_failed": (
        "La copie dans {where} a échoué\u00a0: disque plein, débranché ou protégé. Les copies précédentes sont intactes.",
        "The backup into {where} failed: the disk is full, unplugged or protected. Earlier backups are untouched.",
    ),
    "desk.restore_cut": (
        "Remise en place coupée dans {where}. Rien n’est perdu\u00a0: relancez «\u00a0sansnom desk restore\u00a0».",
        "Restoring a backup was cut short in {where}. Nothing is lost: run `sansnom desk restore` again with the same backup.",
    ),
    "desk.backup_broken": (
        "{where} est abîmé\u00a0: des pages ne se lisent plus. Prenez une autre copie.",
        "{where} is damaged: some pages cannot be read. Take another backup.",
    ),
    "desk.not_a_backup": (
        "{where} n’est pas une copie de sauvegarde d’un poste.",
        "{where} is not a backup of a desk.",
    ),
    "desk.upgrade_without_backup": (
        (
            "Cette version change la base de données. Sans copie de sauvegarde toute fraîche, rien n’a été changé\u00a0: "
            "branchez le dossier des copies et recommencez."
        ),
        "This version changes the database. Without a fresh backup nothing was changed: plug in the backup folder and try again.",
    ),
    "desk.backed_up": (
        "Copie faite et vérifiée\u00a0: {file}. Elle s’ouvre avec une phrase secrète du poste.",
        "Backup made and checked: {file}. It opens with one of the desk’s passphrases.",
    ),
    "desk.checked": (
        "La copie du {made_at} est entière\u00a0: {tables} tables, {rows} lignes. Rien n’a été changé.",
        "The backup of {made_at} is whole: {tables} tables, {rows} rows. Nothing was changed.",
    ),
    "desk.restored": (
        "Le poste est celui du {made_at}\u00a0: {tables} tables, {rows} lignes. Ce qui était là est mis de côté, non effacé.",
        "The desk is that of {made_at}: {tables} tables, {rows} rows. What was there is set aside, not erased.",
    ),
    "desk.ask_passphrase": ("Phrase secrète du poste\u00a0: ", "The desk’s passphrase: "),
    "vault.wrong": (
        "Cette phrase n’ouvre pas le poste. Vérifiez la touche de majuscules et la langue du clavier.",
        "This passphrase does not open the desk. Check the capitals key and the keyboard’s language.",
    ),
    "vault.exists": (
        "Il y a déjà un poste dans ce dossier. Rien n’a été changé.",
        "There is already a desk in this folder. Nothing was changed.",
    ),
    "vault.last": (
        "C’est la dernière phrase secrète\u00a0: elle reste.",
        "This is the last passphrase: it stays.",
    ),
    "vault.other_key": (
        "Ce fichier de clés est celui d’un autre poste. Rien n’a été changé.",
        "This key file belongs to another desk. Nothing was changed.",
    ),
    "vault.unreadable": (
        "Le fichier de clés est abîmé ({where}). Reprenez celui de la dernière copie de sauvegarde.",
        "The key file is damaged ({where}). Take the one of the latest backup.",
    ),
}
