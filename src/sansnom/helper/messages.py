"""What a helper says to people, in French and in English, by code. Equal in rank: a test fails when one is missing."""

from collections.abc import Mapping
from typing import Final

from sansnom.helper.health_words import HEALTH
from sansnom.terms.errors import Parameter

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    # ------------------------------------------------------------------------------------------------ requests
    "http.unknown": ("Il n’y a rien à cette adresse.", "There is nothing at this address."),
    "http.method": ("Cette adresse n’accepte pas cette méthode.", "This address does not take this method."),
    "http.bad": ("La requête ne peut pas être lue.", "The request cannot be read."),
    "internal": (
        "Une erreur est survenue de notre côté. Rien n’a été changé; réessayez plus tard.",
        "Something went wrong on our side. Nothing was changed; try again later.",
    ),
    "rate": (
        "Trop de requêtes. Réessayez dans {seconds} s; rien n’est perdu.",
        "Too many requests. Try again in {seconds} s; nothing is lost.",
    ),
    "busy": (
        "Trop d’envois arrivent en même temps. Réessayez dans {seconds} s.",
        "Too many submissions are arriving at once. Try again in {seconds} s.",
    ),
    "body.length": (
        "La requête ne dit pas sa taille (Content-Length).",
        "The request does not say its size (Content-Length).",
    ),
    "body.size": (
        "La requête compte {found} octets; {expected} étaient attendus. Rien n’a été gardé.",
        "The request has {found} bytes; {expected} were expected. Nothing was kept.",
    ),
    "body.slow": (
        "La requête est arrivée trop lentement. Rien n’a été gardé.",
        "The request came too slowly. Nothing was kept.",
    ),
    "json.file": ("Ce n’est pas du JSON.", "This is not JSON."),
    "instant": ("{where} : ce n’est pas une date ou un instant.", "{where}: this is not a date or an instant."),
    # --------------------------------------------------------------------------------------------------- plans
    "plan.unknown": ("Cette question n’est pas connue ici.", "This plan is not known here."),
    "plan.none": ("Cette question n’est pas connue ici.", "This plan is not known here."),
    "plan.name": (
        "Le nom de la question n’est pas celui de l’adresse. Rien n’a été accepté.",
        "The plan’s name is not the one in the address. Nothing was accepted.",
    ),
    "plan.taken": (
        "Une autre question porte déjà le nom {plan}. Donnez-lui un autre nom.",
        "Another plan bears the name {plan} already. Give it another name.",
    ),
    "plan.late": (
        "La date limite de {plan} est déjà passée. Rien n’a été accepté.",
        "The cut-off of {plan} has passed already. Nothing was accepted.",
    ),
    "plan.keys": (
        "La question {plan} ne nomme pas les clés que les trois institutions de calcul ont données pour elle.",
        "Plan {plan} does not name the keys that the three helpers gave for it.",
    ),
    "plan.noise_commitment": (
        "La question {plan} ne porte pas l’engagement que cette institution de calcul a donné sur son bruit.",
        "Plan {plan} does not bear the commitment that this helper gave about its noise.",
    ),
    "plan.keys_unused": (
        "{most} clés attendent encore leur question : publiez celles-là d’abord.",
        "{most} keys still wait for their plans: publish those first.",
    ),
    "plan.roster": (
        "La question parle d’une autre version de la liste des participants que celle d’ici.",
        "The plan speaks of another version of the roster than the one here.",
    ),
    "dictionary.version": (
        "{where} : cette version du dictionnaire n’est pas ratifiée.",
        "{where}: this version of the dictionary is not ratified.",
    ),
    "refusal.none": ("Cette question n’a pas été refusée ici.", "This plan was not refused here."),
    # --------------------------------------------------------------------------------------------- submissions
    "organization.unknown": (
        "Aucun organisme de la liste des participants ne porte ce numéro.",
        "No organization of the roster has this number.",
    ),
    "submission.stranger": (
        "Aucun organisme de la liste des participants ne porte ce numéro.",
        "No organization of the roster has this number.",
    ),
    "submission.closed": (
        "La question {plan} ne prend plus d’envois : sa date limite est passée ou elle a été close.",
        "Plan {plan} takes no submissions any more: its cut-off has passed or it was closed.",
    ),
    "submission.number": (
        "L’envoi est signé par un autre organisme que celui de l’adresse.",
        "The submission is signed by another organization than the one in the address.",
    ),
    "submission.bytes": (
        "L’envoi n’a pas la forme ou la taille convenue. Rien n’a été gardé.",
        "The submission does not have the agreed form or size. Nothing was kept.",
    ),
    "submission.manifest": (
        "Le bordereau de l’envoi ne peut pas être lu. Rien n’a été gardé.",
        "The submission’s manifest cannot be read. Nothing was kept.",
    ),
    "submission.plan": (
        "L’envoi a été fait pour une autre question. Rien n’a été gardé.",
        "The submission was made for another plan. Nothing was kept.",
    ),
    "submission.layout": (
        "L’envoi a été fait avec une autre disposition des champs; mettez le logiciel à jour.",
        "The submission was made with another layout of fields; update the software.",
    ),
    "submission.rows": (
        "L’envoi compte {found} lignes; la classe de taille de l’organisme est {expected}.",
        "The submission has {found} rows; the organization’s size class is {expected}.",
    ),
    "submission.component": (
        "Le contenu de l’envoi n’est pas celui que l’organisme a signé. Rien n’a été gardé.",
        "What the submission holds is not what the organization signed. Nothing was kept.",
    ),
    "submission.duplicate": (
        "Un autre envoi porte déjà ce rang. Pour le remplacer, prenez le rang {expected}.",
        "Another submission has this sequence number already. To replace it, use {expected}.",
    ),
    "submission.replayed": (
        "Cet envoi a été remplacé depuis par un plus récent, qui reste. Le prochain rang est {expected}.",
        "This submission has been replaced by a later one, which stays. The next sequence number is {expected}.",
    ),
    "seal.broken": (
        "L’envoi scellé ne s’ouvre pas avec la clé de cette question. Rien n’a été gardé.",
        "The sealed submission does not open with this plan’s key. Nothing was kept.",
    ),
    "receipt.none": (
        "Aucun envoi de cet organisme n’est gardé ici.",
        "No submission of this organization is held here.",
    ),
    "verdict.none": (
        "La vérification des lignes n’est pas encore terminée.",
        "The checks of the rows are not finished yet.",
    ),
    "verdict.forgotten": (
        "La vérification des lignes a été effacée : elle se demande dans les trente jours qui suivent la diffusion.",
        "The checks of the rows were erased: they are fetched within thirty days of the release.",
    ),
    # ---------------------------------------------------------------------------------------------- signatures
    "signature.shape": ("Ce n’est pas un fichier signé.", "This is not a signed file."),
    "signature.twice": ("Une clé a signé deux fois.", "One key signed twice."),
    "signature.wrong": ("La signature ne correspond pas au contenu.", "The signature does not match the content."),
    "signature.too_few": (
        "Il manque une signature d’une personne ou institution autorisée.",
        "A signature by someone entitled is missing.",
    ),
    # ---------------------------------------------------------------------------------------------------- runs
    "run.set.small": (
        "Arrêt sûr : trop peu d’envois sont gardés par les trois institutions. Rien n’a été ouvert.",
        "Safe stop: too few submissions are held by all three helpers. Nothing was opened.",
    ),
    "run.set.second": (
        "Arrêt sûr : un autre ensemble d’envois a déjà été signé pour cette question. Un seul peut l’être.",
        "Safe stop: another set of submissions was signed for this plan already. Only one may be.",
    ),
    "run.damaged": (
        "Arrêt sûr : l’envoi de l’organisme {organization} a changé sur le disque depuis l’accord. Rien n’a été publié.",
        "Safe stop: the submission of organization {organization} changed on the disk after the agreement. Nothing was published.",
    ),
    "run.peer_stopped": (
        "Arrêt sûr : une autre institution de calcul a arrêté ce calcul pour de bon. Rien n’a été publié.",
        "Safe stop: another helper stopped this run for good. Nothing was published.",
    ),
    "run.overdue": (
        "Arrêt sûr : ce calcul n’a pas pu être signé à temps après sa date limite. Les clés et les envois sont détruits.",
        "Safe stop: this run could not be signed in time after its cut-off. Keys and submissions are destroyed.",
    ),
    "plan.early": (
        "La question {plan} prend des envois jusqu’à sa date limite publiée. Seule une liste d’essai se clôt plus tôt.",
        "Plan {plan} takes submissions until its published cut-off. Only a trial roster closes earlier.",
    ),
    "plan.far": (
        "La date limite est trop lointaine : au plus {most} jours, car les envois sont gardés jusque-là.",
        "The cut-off is too far away: {most} days at most, for submissions are kept until then.",
    ),
    "run.cells": (
        "Arrêt sûr : un nouvel essai a donné d’autres cellules que le premier. Rien d’autre n’est ouvert.",
        "Safe stop: a new attempt gave other cells than the first. Nothing more is opened.",
    ),
    "peer.signature": (
        "Arrêt sûr : l’institution de calcul {party} a signé autre chose ({kind}).",
        "Safe stop: helper {party} signed something else ({kind}).",
    ),
    "run.attempts": (
        "Arrêt sûr : trop d’essais ont échoué. Redémarrez quand les lignes entre institutions sont sûres; aucun envoi n’est perdu.",
        "Safe stop: too many attempts failed. Restart once the lines between helpers hold; no submission is lost.",
    ),
    "release.none": ("La diffusion n’est pas encore signée.", "The release is not signed yet."),
    "submission_set.none": (
        "L’ensemble des envois n’est pas encore convenu.",
        "The set of submissions is not agreed yet.",
    ),
    "destruction.none": (
        "Les clés et les envois de cette question n’ont pas encore été détruits.",
        "The keys and submissions of this plan have not been destroyed yet.",
    ),
    # --------------------------------------------------------------------------------------------------- peers
    "peer.unreachable": ("L’institution de calcul {party} ne répond pas.", "Helper {party} does not answer."),
    "peer.certificate": (
        "L’institution de calcul {party} montre un autre certificat que celui de la liste des participants.",
        "Helper {party} shows another certificate than the one on the roster.",
    ),
    "peer.noise": (
        "Arrêt sûr : l’institution de calcul {party} tire son bruit d’un autre secret que la question ne le dit.",
        "Safe stop: helper {party} draws its noise from another secret than the plan says.",
    ),
    "peer.cells": (
        "Arrêt sûr : l’institution de calcul {party} a ouvert d’autres cellules.",
        "Safe stop: helper {party} opened other cells.",
    ),
    # ------------------------------------------------------------------------------------------------ operator
    "helper.exists": (
        "{where} existe déjà. Rien n’a été changé; choisissez un autre dossier.",
        "{where} exists already. Nothing was changed; choose another folder.",
    ),
    "helper.party": ("{where} : choisissez 0, 1 ou 2.", "{where}: choose 0, 1 or 2."),
    "helper.address": ("Adresse attendue : {where}.", "Expected an address: {where}."),
    "helper.directory": (
        "{where} n’est pas le dossier d’une institution de calcul (sansnom helper init).",
        "{where} is not a helper’s folder (sansnom helper init).",
    ),
    "helper.open": (
        "{where} peut être lu par d’autres comptes. Retirez ce droit (chmod 600), puis redémarrez.",
        "{where} can be read by other accounts. Take that away (chmod 600), then start again.",
    ),
    "keys.encoding": ("{where} : ce n’est pas une clé.", "{where}: this is not a key."),
    "keys.size": ("{where} : une clé de cette taille n’existe pas.", "{where}: there is no key of this size."),
    "helper.not_on_roster": (
        "{where} : cette liste ne nomme pas cette institution avec les clés qu’elle a.",
        "{where}: this roster does not name this helper with the keys it has.",
    ),
    "helper.port": ("{where} : ce port est pris ou n’est pas permis.", "{where}: this port is taken or not allowed."),
    "helper.rate": ("{where} : un nombre d’au moins 1.", "{where}: a number of at least 1."),
    "helper.roster": (
        "{where} : la liste des participants ne peut pas être lue.",
        "{where}: the roster cannot be read.",
    ),
    "roster.file": (
        "{where} : ce n’est pas une liste des participants signée.",
        "{where}: this is not a signed roster.",
    ),
    "store.version": (
        "Le fichier vient d’une version plus récente du programme ({found}; celle-ci lit jusqu’à {expected}). Rien n’a été changé.",
        "A newer version of the program made the store ({found}; this one reads up to {expected}). Nothing was changed.",
    ),
    "helper.learned": (
        "Cette institution a déjà un registre à elle : rien n’y a été écrit.",
        "This helper has a ledger of its own already: nothing was written into it.",
    ),
    "helper.told.renewed": (
        "Le prochain certificat est prêt. Envoyez {where} au convocateur; redémarrez avec la liste qui le nommera.",
        "The next certificate is ready. Send {where} to the convener; start again with the roster that will name it.",
    ),
    "helper.told.learned": (
        "{count} questions publiques apprises, avec ce qu’elles ont coûté : {spent} de budget en tout.",
        "{count} public plans learnt, with what they were charged: {spent} of budget in all.",
    ),
    "store.busy": (
        "Un autre processus lit le fichier : il garde d’anciennes pages. La destruction attend.",
        "Another process reads the store and keeps old pages of it. The destruction waits.",
    ),
    "store.other": (
        "{where} : ce fichier a été fait avec d’autres clés que celles du dossier. Remettez chaque fichier à sa place.",
        "{where}: this store was made with other keys than those of the folder. Put each file back in its place.",
    ),
    "disk.full": (
        "{where} : le disque est plein. Rien n’est perdu : faites de la place, la suite vient d’elle-même.",
        "{where}: the disk is full. Nothing is lost: make room, and it goes on by itself.",
    ),
    "disk.read_only": (
        "{where} : rien ne peut être écrit ici. Rien n’est perdu : rendez l’écriture possible, la suite vient d’elle-même.",
        "{where}: nothing can be written here. Nothing is lost: make it writable, and it goes on by itself.",
    ),
    "disk.broken": (
        "{where} : le disque répond par une erreur. Arrêtez, changez le disque, et prévenez les deux autres institutions.",
        "{where}: the disk answers with an error. Stop, change the disk, and tell the two other helpers.",
    ),
    "disk.damaged": (
        "{where} : le fichier est abîmé. Ne le réparez pas : lancez `sansnom helper check`, puis suivez le guide.",
        "{where}: the file is damaged. Do not mend it: run `sansnom helper check`, then follow the guide.",
    ),
    "store.locked": (
        "Une autre instance de cette institution de calcul est déjà en marche.",
        "Another instance of this helper is running already.",
    ),
    "board.other": (
        "Un autre fichier porte déjà ce nom au tableau public : {where}. Il n’a pas été remplacé.",
        "Another file stands under this name on the board: {where}. It was not replaced.",
    ),
    "board.unreachable": (
        "Le tableau public ne répond pas; nouvel essai plus tard.",
        "The board does not answer; trying later.",
    ),
    "board.address": (
        "{where} : un dossier, ou une adresse qui commence par https://",
        "{where}: a folder, or an address that starts with https://",
    ),
    "board.name": ("Ce nom ne peut pas être celui d’un fichier public.", "This cannot be the name of a public file."),
    # --------------------------------------------------------------------------------------------------- check
    "check.sound": (
        "Rien à signaler : {plans} questions, {submissions} envois vérifiés.",
        "Nothing was found: {plans} plans and {submissions} submissions checked.",
    ),
    "check.keys": (
        "{where} : ces clés ne sont pas celles de helper.json. Cette institution ne peut plus signer; faites changer la liste.",
        "{where}: these keys are not those of helper.json. This helper can no longer sign; have the roster changed.",
    ),
    "check.certificate": (
        "{where} : ce n’est pas le certificat que dit helper.json, ou pas sa clé. Les autres refuseront la ligne.",
        "{where}: not the certificate that helper.json says, or not its key. The others will refuse the line.",
    ),
    "check.copy": (
        "{where} : copie du fichier. Détruisez-la : nul ne peut attester de ce qu’elle garde.",
        "{where}: a copy of the store. Destroy it: nobody can attest what it keeps.",
    ),
    "check.ledger": (
        "{where} : le registre des dépenses ne peut pas être lu. Aucune question ne sera plus acceptée.",
        "{where}: the ledger of charges cannot be read. No plan will be accepted any more.",
    ),
    "check.charge": (
        "{where} : cette question n’est pas inscrite une fois, et une seule, aux dépenses.",
        "{where}: this plan is not charged once, and once only.",
    ),
    "check.plan": (
        "{where} : la question gardée n’est pas celle que le convocateur a signée.",
        "{where}: the plan that is kept is not the one that its convener signed.",
    ),
    "check.plan_key": (
        "{where} : la clé ou le secret du bruit n’est pas celui de la question. Ce calcul ne peut plus finir; il s’arrêtera.",
        "{where}: the key or the secret of the noise is not the plan’s. This run cannot end any more; it will stop.",
    ),
    "check.not_destroyed": (
        "{where} : les clés devraient être détruites et ne le sont pas. Gardez ce dossier fermé et prévenez les autres.",
        "{where}: the keys should be destroyed and are not. Keep this folder closed and tell the others.",
    ),
    "check.receipt": (
        "{where} : l’accusé de réception ne correspond pas à l’envoi gardé.",
        "{where}: the receipt does not match the submission that is held.",
    ),
    "check.submission": (
        "{where} : l’envoi gardé ne s’ouvre plus. Avant la date limite, l’organisme peut l’envoyer de nouveau, au rang suivant.",
        "{where}: the submission no longer opens. Before the cut-off the organization can send it again, one number higher.",
    ),
    "check.file": (
        "{where} : manque, ou ne porte pas les signatures requises. Le tableau public et les deux autres ont le bon.",
        "{where}: missing, or without the signatures it needs. The board and the two others have the right one.",
    ),
    # ---------------------------------------------------------------------------------------------------- said
    "helper.made": (
        "Institution de calcul {party} : clés et fichier prêts dans {where}.",
        "Helper {party}: keys and store are ready in {where}.",
    ),
    "helper.fingerprint": (
        "Empreinte à comparer de vive voix : {fingerprint}",
        "Fingerprint to compare by voice: {fingerprint}",
    ),
    "helper.certificate": ("Empreinte du certificat : {digest}", "Fingerprint of the certificate: {digest}"),
    "helper.entry": (
        "Ligne publique pour la liste des participants : {where} (membre « entry »)",
        "Public entry for the roster: {where} (member “entry”)",
    ),
    "helper.status": (
        "Institution de calcul {party} : {plans} questions, fichier de {size} octets.",
        "Helper {party}: {plans} plans, a store of {size} bytes.",
    ),
    "helper.status_run": (
        "  {plan} : {state}; envois : {submissions}; essais : {attempts} {reason}",
        "  {plan}: {state}; submissions: {submissions}; attempts: {attempts} {reason}",
    ),
} | HEALTH
"""French first, English second."""


def sentence(code: str, language: str, parameters: Mapping[str, Parameter]) -> str:
    """Give the sentence of a code in "fr" or "en"; a code without one is given as it is."""
    pair = MESSAGES.get(code)
    if pair is None:
        return code
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
    try:
        return pair[0 if language == "fr" else 1].format_map(shown)
    except (KeyError, IndexError):
        return code
