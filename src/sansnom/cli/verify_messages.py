"""Sentences of `sansnom verify` and of the log, by code: (French, English)."""

from collections.abc import Mapping
from typing import Final

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "verify.no_board": (
        "Aucun tableau public dans {where}\u00a0: il y faut un fichier roster.json.",
        "No board in {where}: there must be a file roster.json.",
    ),
    "verify.counts": (
        (
            "Questions\u00a0: {plans}; réponses\u00a0: {releases}; refus\u00a0: {refusals}; retraits\u00a0: {withdrawals}; "
            "incidents\u00a0: {incidents}. Vérifié\u00a0:"
        ),
        (
            "Questions: {plans}; answers: {releases}; refusals: {refusals}; withdrawals: {withdrawals}; "
            "incidents: {incidents}. Checked:"
        ),
    ),
    "verify.checked.signatures": (
        "les signatures de chaque question, refus, retrait, incident et réponse",
        "the signatures of every question, refusal, withdrawal, incident and answer",
    ),
    "verify.checked.rosters": (
        "la liste des participants\u00a0: chaque version est signée par qui convoquait avant elle",
        "the roster: each version is signed by whoever convened before it",
    ),
    "verify.checked.rules": (
        "les règles, question par question, avec la liste, les variables permises et le budget du moment",
        "the rules, question by question, with the roster, the allowed variables and the budget of that time",
    ),
    "verify.checked.budget": (
        "l’arithmétique du budget de confidentialité, inscription par inscription",
        "the arithmetic of the privacy budget, charge by charge",
    ),
    "verify.checked.set": (
        "l’ensemble des envois que les trois institutions ont signé",
        "the set of submissions that the three helpers signed",
    ),
    "verify.checked.release": (
        "chaque intervalle, chaque perte et chaque mention d’une réponse, refaits à partir des valeurs publiées",
        "every interval, loss and note of an answer, made again from the published values",
    ),
    "verify.checked.files": (
        "les fichiers CSV, SDMX et XLSX, leur description et le registre du budget, refaits",
        "the CSV, SDMX and XLSX files, their description and the ledger, made again",
    ),
    "verify.checked.destruction": (
        "les attestations de destruction\u00a0: signées, et de cette question",
        "the attestations of destruction: signed, and of this question",
    ),
    "verify.checked.pages": (
        "chaque page et chaque graphique, refaits octet par octet",
        "every page and every chart, made again byte for byte",
    ),
    "verify.checked.log": (
        "le journal\u00a0: chaque fichier y est inscrit, tel qu’il est, et rien d’autre",
        "the log: every file is entered in it, as it stands, and nothing else",
    ),
    "verify.checked.memory": (
        "que le journal prolonge celui qu’on a vu ici la dernière fois",
        "that the log continues the one seen here last time",
    ),
    "verify.cannot": ("Impossible à vérifier d’ici\u00a0:", "Cannot be checked from here:"),
    "verify.unchecked.computation": (
        "que trois institutions honnêtes mais curieuses ont bien calculé ce qu’elles ont signé",
        "that three honest-but-curious helpers computed what they signed",
    ),
    "verify.unchecked.destruction": (
        "qu’une clé attestée détruite l’est vraiment\u00a0: une attestation n’est pas une preuve",
        "that a key attested as destroyed truly is: an attestation is no proof",
    ),
    "verify.unchecked.others": (
        (
            "que tout le monde voit le même journal\u00a0: comparez son état signé avec d’autres personnes, ou fiez-vous à des "
            "cosignataires (--witness)"
        ),
        "that everybody sees the same log: compare its signed state with others, or rely on witnesses (--witness)",
    ),
    "verify.unchecked.log": (
        "que rien n’a été repris ni ajouté après coup\u00a0: ce tableau n’a pas de journal",
        "that nothing was taken back or slipped in afterwards: this board has no log",
    ),
    "verify.unchecked.first": (
        "que rien n’a changé avant aujourd’hui\u00a0: c’est la première fois que ce journal est vu ici",
        "that nothing changed before today: this log is seen here for the first time",
    ),
    "verify.unchecked.pages": (
        (
            "que les pages disent ce que disent les fichiers signés\u00a0: une autre version du programme les a faites; "
            "refaites-les avec «\u00a0sansnom board build\u00a0» et lisez celles-là"
        ),
        (
            "that the pages say what the signed files say: another version of the program made them; make them again with "
            "“sansnom board build” and read those"
        ),
    ),
    "verify.unchecked.risks": (
        "que les analyses de risques disent ce qui a été mesuré\u00a0: refaites-les avec «\u00a0sansnom audit release\u00a0»",
        "that the analyses of risks are as they were measured: make them again with “sansnom audit release”",
    ),
    "verify.unchecked.hidden": (
        "que l’adresse ne sert aucun autre fichier\u00a0: on n’a pris que ceux que le journal nomme",
        "that the address serves no other file: only those that the log names were fetched",
    ),
    "verify.state": (
        "État signé du journal\u00a0: {size} inscriptions, racine {root}. Cosignataires reconnus\u00a0: {witnesses}.",
        "Signed state of the log: {size} entries, root {root}. Known witnesses: {witnesses}.",
    ),
    "verify.finding": ("{where} ne tient pas ({code}).", "{where} does not hold ({code})."),
    "verify.finding.why": ("{where} ne tient pas\u00a0: {why} ({code})", "{where} does not hold: {why} ({code})"),
    "verify.good": ("Tout ce qui peut être vérifié tient.", "Everything that can be checked holds."),
    "verify.bad": ("Nombre de constats\u00a0: {findings}.", "Number of findings: {findings}."),
    "verify.forgotten": (
        "Oublié ce qui avait été vu de ce journal.",
        "What had been seen of this log is forgotten.",
    ),
    "verify.file": (
        "Ce fichier n’est pas celui que donnent les fichiers signés.",
        "This is not the file that the signed files give.",
    ),
    "verify.page": (
        "Cette page n’est pas celle que donnent les fichiers signés.",
        "This is not the page that the signed files give.",
    ),
    "verify.stray": (
        "Personne n’a signé ce fichier, et aucun fichier signé ne le donne.",
        "Nobody signed this file, and no signed file gives it.",
    ),
    "verify.release": (
        "Refaite à partir de ses valeurs, la réponse est autre.",
        "Made again from its values, the answer is another.",
    ),
    "verify.set": (
        "Les envois signés ne sont pas ceux de cette réponse.",
        "The signed submissions are not those of this answer.",
    ),
    "verify.destruction": (
        "L’attestation est d’une autre question ou d’une autre institution.",
        "The attestation is of another question or of another helper.",
    ),
    "verify.budget": (
        "Une année dépense plus que ce qu’aucune ne permet.",
        "A year spends more than any year may.",
    ),
    "verify.refused_accepted": (
        "Cette question est à la fois refusée et acceptée.",
        "This question is both refused and accepted.",
    ),
    "verify.withdrawn": (
        "Cette question a été retirée, et pourtant répondue ou remplacée.",
        "This question was withdrawn, and yet answered or replaced.",
    ),
    "verify.address": (
        "{where} ne peut être lu. Il faut une adresse https, sans renvoi ailleurs, ou un dossier.",
        "{where} cannot be read. It takes an https address that sends nowhere else, or a folder.",
    ),
    "verify.too_many": (
        "{where} nomme plus de fichiers qu’un tableau public n’en a.",
        "{where} names more files than a board has.",
    ),
    "seen.file": (
        (
            "{where} ne se lit pas comme la mémoire de ce qui a été vu. Ne la remplacez pas sans savoir pourquoi\u00a0: elle dit "
            "ce qui était publié. Pour repartir à neuf\u00a0: --forget, ou un autre fichier avec --memory."
        ),
        (
            "{where} does not read as the memory of what was seen. Do not replace it without knowing why: it says what was "
            "published. To start anew: --forget, or another file with --memory."
        ),
    ),
    "log.changed": (
        "Le fichier n’est plus tel qu’il a été inscrit au journal\u00a0: {where}.",
        "The file is not as it was entered in the log: {where}.",
    ),
    "log.gone": ("Inscrit au journal, il n’est plus là.", "Entered in the log, it is there no more."),
    "log.unentered": ("Publié sans être inscrit au journal.", "Published without being entered in the log."),
    "log.twice": ("Inscrit deux fois au journal.", "Entered twice in the log."),
    "log.entry": ("Ce n’est pas une inscription du journal.", "This is no entry of the log."),
    "log.entry_size": ("Une inscription du journal est trop longue.", "An entry of the log is too long."),
    "log.time": ("Inscrit avant ce qui le précède.", "Entered earlier than what stands before it."),
    "log.order": ("Inscrit avant ce dont il dépend.", "Entered before what it stands on."),
    "log.root": (
        "Les inscriptions ne donnent pas la racine signée.",
        "The entries do not give the root that is signed.",
    ),
    "log.tile": ("Cette partie du journal n’est pas la bonne.", "This part of the log is not the right one."),
    "log.file": ("Une partie du journal manque\u00a0: {where}.", "A part of the log is missing: {where}."),
    "log.shorter": (
        "Le journal est plus court que la dernière fois\u00a0: quelque chose a été effacé.",
        "The log is shorter than last time: something was erased.",
    ),
    "log.consistency": (
        "Le journal ne prolonge pas celui de la dernière fois\u00a0: le passé a été récrit.",
        "The log does not continue last time’s: the past was rewritten.",
    ),
    "log.checkpoint": (
        "L’état signé n’est pas de ce journal, ou pas de sa clé.",
        "The signed state is not this log’s, or not by its key.",
    ),
    "log.inclusion": ("La preuve d’inclusion ne tient pas.", "The inclusion proof does not hold."),
    "log.bundle": ("Une partie du journal est mal formée.", "A part of the log is malformed."),
    "log.key": (
        "Cette clé n’est pas celle du journal ({where}).",
        "This key is not the log’s ({where}).",
    ),
    "log.no_key": (
        "On ne sait pas quelle est la clé du journal\u00a0: ni la liste des participants ni {where} ne la nomment.",
        "The log’s key is not known: neither the roster nor {where} names it.",
    ),
    "log.key_other": (
        "La clé à côté du journal n’est pas celle que nomme la liste des participants.",
        "The key beside the log is not the one that the roster names.",
    ),
    "log.missing": (
        "La liste des participants nomme un journal, et il n’est pas là.",
        "The roster names a log, and it is not there.",
    ),
    "log.other_board": (
        "Cette adresse montre un autre journal que la dernière fois. Si c’est voulu\u00a0: --forget.",
        "This address shows another log than last time. If that is meant: --forget.",
    ),
    "board.full": (
        "{where}\u00a0: le disque est plein. Le tableau reste tel qu’il était; faites de la place et recommencez la commande.",
        "{where}: the disk is full. The board stays as it was; make room and run the command again.",
    ),
    "board.unwritable": (
        "{where}\u00a0: rien ne peut être écrit ici. Le tableau reste tel qu’il était; corrigez et recommencez la commande.",
        "{where}: nothing can be written here. The board stays as it was; mend that and run the command again.",
    ),
    "log.busy": (
        "Un autre programme écrit dans le journal ({where}). Attendez qu’il ait fini.",
        "Another program writes in the log ({where}). Wait until it is done.",
    ),
    "log.remains": (
        "Restes d’une écriture interrompue; ils n’engagent personne, la prochaine écriture les remplace\u00a0: {where}",
        "Left over from a write that was cut off; it binds nobody, the next write replaces it: {where}",
    ),
    "log.sound": ("Le journal tient\u00a0: {size} inscriptions.", "The log holds: {size} entries."),
    "log.entered": (
        "Inscrit\u00a0: {entries}. Le journal en compte {size}.",
        "Entered: {entries}. The log now holds {size}.",
    ),
    "log.cosigned": (
        "Cosigné, au nom de {name}, l’état de {size} inscriptions.",
        "Cosigned, as {name}, the state of {size} entries.",
    ),
    "log.key_made": (
        (
            "Clé écrite dans {where}; elle ne doit pas en sortir. Clé publique, à mettre sur la liste des participants "
            "(roster init --log-key)\u00a0:\n{key}"
        ),
        "Key written to {where}; it must not leave it. Public key, for the roster (roster init --log-key):\n{key}",
    ),
    "log.key_file": (
        "{where} n’est pas un fichier de clé, ou d’autres peuvent le lire (il faut les droits 600).",
        "{where} is no key file, or others may read it (its rights must be 600).",
    ),
    "log.key_exists": (
        "{where} existe déjà\u00a0: une clé ne se remplace pas.",
        "{where} exists: a key is not replaced.",
    ),
    "incident.signed": ("Incident signé\u00a0: {file}", "Incident signed: {file}"),
    "note.key": ("Ce n’est pas une clé publique de journal ({where}).", "This is no public key of a log ({where})."),
    "note.name": (
        "Un nom de journal ou de cosignataire n’a ni espace ni «\u00a0+\u00a0».",
        "The name of a log or witness has no space and no “+”.",
    ),
    "note.shape": ("L’état signé est mal formé.", "The signed state is malformed."),
    "note.signature": ("Une signature de l’état ne tient pas.", "A signature of the state does not hold."),
    "note.unsigned": ("Personne de connu n’a signé l’état.", "Nobody known has signed the state."),
    "note.text": ("Le texte à signer est mal formé.", "The text to sign is malformed."),
}
