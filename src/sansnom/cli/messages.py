"""Sentences of the command line by code: (French, English). Read aloud before they were written down."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "cli.interrupted": (
        "Interrompu. Les processus locaux sont arrêtés; rien n’a été publié à moitié.",
        "Interrupted. The local processes are stopped; nothing was half published.",
    ),
    "cli.broken": (
        (
            "Une erreur de sansnom même, à ces lignes du programme\u00a0: {where}. Rien n’a été publié à moitié. Ce message ne "
            "contient rien d’un dossier\u00a0: vous pouvez l’envoyer à qui s’occupe de sansnom chez vous."
        ),
        (
            "An error of sansnom itself, at these lines of the program: {where}. Nothing was half published. This message "
            "holds nothing from a record: you may send it to whoever looks after sansnom for you."
        ),
    ),
    "cli.system": (
        (
            "Le système n’a pas voulu lire ou écrire un fichier ({reason}). Vérifiez les chemins que vous avez donnés, vos "
            "droits et la place sur le disque, puis recommencez."
        ),
        (
            "The system would not read or write a file ({reason}). Check the paths that you gave, your rights and the room on "
            "the disk, then try again."
        ),
    ),
    "cli.more_findings": (
        "… et {more} autres endroits.",
        "… and {more} more places.",
    ),
    "cli.out.exists": (
        (
            "Le dossier de sortie existe déjà et n’est pas vide\u00a0: {where}. Choisissez-en un autre avec --out, ou "
            "videz-le."
        ),
        "The output folder exists and is not empty: {where}. Choose another with --out, or empty it.",
    ),
    "cli.file.unreadable": (
        "Le fichier {where} ne peut pas être lu comme JSON. Vérifiez le chemin et le contenu.",
        "The file {where} cannot be read as JSON. Check the path and the content.",
    ),
    "cli.organizations.none": (
        "Aucun dossier d’organisme dans {where}. Il en faut un par organisme, avec un fichier persons.csv.",
        ("No folder of an organization in {where}. There must be one for each organization, with a file persons.csv."),
    ),
    "cli.evaluation.loud": (
        (
            "ATTENTION\u00a0: --exact-for-evaluation écrit des tableaux exacts et les regroupements de personnes, "
            "sans protection. Réservé aux données synthétiques ou d’essai; jamais pour de vraies personnes."
        ),
        (
            "WARNING: --exact-for-evaluation writes exact tables and the clusters of persons, without "
            "protection. For synthetic or test data only; never for real people."
        ),
    ),
    "cli.evaluation.written": (
        "Évaluation exacte\u00a0: {where}",
        "Exact evaluation: {where}",
    ),
    "local.start": (
        "Un processus local n’a pas démarré (journal\u00a0: {where}). Rien n’a été envoyé; relancez la commande.",
        "A local process did not start (log: {where}). Nothing was sent; run the command again.",
    ),
    "helper.unreachable": (
        "L’institution {party} ne répond pas. Rien n’est perdu\u00a0: relancez quand elle est de retour.",
        "Helper {party} does not answer. Nothing is lost: run again when it is back.",
    ),
    "helper.busy": (
        "L’institution {party} est occupée en ce moment. Rien n’est perdu\u00a0: relancez dans une minute.",
        "Helper {party} is busy just now. Nothing is lost: run again in a minute.",
    ),
    "helper.certificate": (
        (
            "L’institution {party} montre un autre certificat que celui de la liste des participants. Rien ne lui a été envoyé; "
            "appelez la personne responsable."
        ),
        ("Helper {party} shows another certificate than the roster’s. Nothing was sent to it; call its operator."),
    ),
    "helper.answer": (
        (
            "L’institution {party} a donné une réponse incompréhensible. Rien n’est perdu; appelez la personne "
            "responsable."
        ),
        "Helper {party} gave an answer that cannot be understood. Nothing is lost; call its operator.",
    ),
    "run.aborted": (
        (
            "Le calcul s’est arrêté de façon sûre (institution {party}\u00a0: {reason}). Rien n’a été publié; "
            "relancez la commande."
        ),
        ("The computation stopped safely (helper {party}: {reason}). Nothing was published; run the command again."),
    ),
    "plan.would_refuse": (
        "La question {plan} serait refusée (raisons\u00a0: {reasons}). Rien n’a été envoyé ni publié.",
        "The question {plan} would be refused (reasons: {reasons}). Nothing was sent or published.",
    ),
    "json.object": (
        "{where}\u00a0: il faut ici un objet JSON, entre accolades.",
        "{where}: there must be a JSON object here, between braces.",
    ),
    "json.missing": (
        "{where} manque. Ajoutez ce champ (docs/schemas dit lesquels il faut).",
        "{where} is missing. Add this field (docs/schemas says which are needed).",
    ),
    "json.type": (
        "{where}\u00a0: ce n’est pas la sorte de valeur attendue ({expected}).",
        "{where}: this is not the kind of value expected ({expected}).",
    ),
    "json.range": (
        "{where}\u00a0: le nombre doit être de {low} à {high}.",
        "{where}: the number must be from {low} to {high}.",
    ),
    "json.fraction": (
        "{where}\u00a0: écrivez une fraction exacte, comme 1/4.",
        "{where}: write an exact fraction, such as 1/4.",
    ),
    "json.untranslated": (
        "{where}\u00a0: le texte doit être donné en français et en anglais.",
        "{where}: the text must be given in French and in English.",
    ),
    "json.schema": (
        "{where}\u00a0: ce fichier n’est pas du format attendu ({expected}).",
        "{where}: this file is not of the format expected ({expected}).",
    ),
    "json.unknown": (
        "{where}\u00a0: champs inconnus ({members}). Enlevez-les, ou corrigez leur nom (docs/schemas les donne).",
        "{where}: unknown fields ({members}). Remove them, or mend their names (docs/schemas gives them).",
    ),
    "plan.table.kind": (
        "{where}\u00a0: cette sorte de tableau n’existe pas. Choisissez parmi\u00a0: {expected}",
        "{where}: there is no such kind of table. Choose from: {expected}",
    ),
    "plan.period.date": (
        "{where}\u00a0: le début et la fin s’écrivent AAAA-MM-JJ.",
        "{where}: write the start and the end as YYYY-MM-DD.",
    ),
    "plan.period.length": (
        "{where}\u00a0: la fin vient après le début, et la période compte {longest} jours au plus.",
        "{where}: the end comes after the start, and the period has {longest} days at most.",
    ),
    "plan.dimension.disagreement": (
        "{where}\u00a0: cette règle de désaccord entre organismes n’existe pas (docs/schemas donne les règles).",
        "{where}: there is no such rule for disagreement between organizations (docs/schemas gives the rules).",
    ),
    "plan.linking.tier": (
        "{where}\u00a0: cette façon de rapprocher n’existe pas. Choisissez parmi\u00a0: {expected}",
        "{where}: there is no such tier of linking. Choose from: {expected}",
    ),
    "plan.noise": (
        "{where}\u00a0: cette loi de bruit n’existe pas. Choisissez parmi\u00a0: {expected}",
        "{where}: there is no such law of noise. Choose from: {expected}",
    ),
    "plan.linking.strict": (
        "{where}\u00a0: la clé stricte doit être l’une des clés de la question.",
        "{where}: the strict key must be one of the plan’s keys.",
    ),
    "rule.refused": (
        "La question {plan} est refusée par règle (raisons\u00a0: {reasons}). Aucune donnée n’a bougé; le refus est public.",
        "The question {plan} is refused by rule (reasons: {reasons}). No data moved; the refusal is public.",
    ),
    "demo.size": (
        "Il faut au moins un organisme et une personne ({where}).",
        "There must be at least one organization and one person ({where}).",
    ),
    "demo.hello": (
        "sansnom · un monde synthétique\u00a0: {organizations} organismes, {persons} personnes, graine {seed}",
        "sansnom · a synthetic world: {organizations} organizations, {persons} persons, seed {seed}",
    ),
    "demo.stage.world": (
        "Création du monde",
        "Making the world",
    ),
    "demo.stage.reading": (
        "Lecture des fichiers",
        "Reading the files",
    ),
    "demo.stage.starting": (
        "Démarrage des institutions",
        "Starting the helpers",
    ),
    "demo.stage.desks": (
        "Postes des organismes",
        "The organizations’ desks",
    ),
    "demo.stage.plan": (
        "Question signée et vérifiée",
        "Question signed and checked",
    ),
    "demo.stage.submissions": (
        "Envois scellés",
        "Sealed submissions",
    ),
    "demo.stage.computing": (
        "Calcul sur des parts secrètes",
        "Computing on secret shares",
    ),
    "demo.stage.site": (
        "Tableaux et graphiques",
        "Tables and charts",
    ),
    "demo.rounds": (
        "{rounds} tours",
        "{rounds} rounds",
    ),
    "demo.asked": (
        "Ce qui a été demandé",
        "What was asked",
    ),
    "demo.left": (
        "Ce qui a quitté chaque organisme",
        "What left each organization",
    ),
    "demo.left.note": (
        ("Des parts d’apparence aléatoire; aucun nom, aucune date de naissance, aucune empreinte, aucun pseudonyme."),
        "Shares that look random; no name, no birth date, no hash, no pseudonym.",
    ),
    "demo.left.range": (
        "{organizations} organismes, de {least} à {most} kilo-octets chacun; qui s’abstient envoie autant.",
        "{organizations} organizations, {least} to {most} kilobytes each; one that abstains sends as much.",
    ),
    "demo.left.same": (
        "{organizations} organismes, {most} kilo-octets chacun; qui s’abstient envoie autant.",
        "{organizations} organizations, {most} kilobytes each; one that abstains sends as much.",
    ),
    "demo.left.bytes": (
        "octets",
        "bytes",
    ),
    "demo.organization": (
        "organisme",
        "organization",
    ),
    "demo.published": (
        "Publié, et la vérité que seul un monde synthétique connaît",
        "Published, and the truth that only a synthetic world knows",
    ),
    "demo.published.plain": (
        "Publié",
        "Published",
    ),
    "demo.column.figure": (
        "chiffre",
        "figure",
    ),
    "demo.column.published": (
        "publié",
        "published",
    ),
    "demo.column.interval": (
        "intervalle à 95\u00a0%",
        "95% interval",
    ),
    "demo.column.linked": (
        "exact, rapprochement compris",
        "exact, as linked",
    ),
    "demo.column.true": (
        "vérité",
        "truth",
    ),
    "demo.figure.not_linkable": (
        "Fiches impossibles à rapprocher",
        "Rows that cannot be linked",
    ),
    "demo.figure.rows": (
        "Fiches de tous les organismes participants",
        "Rows of all participating organizations",
    ),
    "demo.refused_rows": (
        "{organization}\u00a0: {rows} fiches n’ont pas passé la vérification.",
        "{organization}: {rows} rows did not pass the checks.",
    ),
    "demo.quarters": (
        "Le nombre de trimestres va de 2 à {most}; sans {where}, une seule question.",
        "The number of quarters is 2 to {most}; without {where}, one question alone.",
    ),
    "demo.quarters.organizations": (
        "Il faut au moins quatre organismes pour plusieurs trimestres\u00a0: le dernier s’en va la deuxième année.",
        "Several quarters take at least four organizations: the last one leaves in the second year.",
    ),
    "demo.quarter": ("Trimestre {plan}", "Quarter {plan}"),
    "demo.quarter.refused": (
        "La question {plan} est refusée par règle; le refus est public.",
        "The question {plan} is refused by rule; the refusal is public.",
    ),
    "demo.quarter.withdrawn": (
        "La question {plan} est retirée; le retrait est public.",
        "The question {plan} is withdrawn; the withdrawal is public.",
    ),
    "demo.done": (
        "Terminé en {seconds} s. Ouvrir\u00a0: {where}",
        "Done in {seconds} s. Open: {where}",
    ),
    "demo.serving": (
        "Le site\u00a0: {where} (Ctrl-C pour arrêter)",
        "The board: {where} (Ctrl-C to stop)",
    ),
    "demo.attacked": (
        "Dix attaques sur cette diffusion\u00a0: aucune ne passe. L’analyse des risques est à côté d’elle.",
        "Ten attacks on this release: none gets through. The analysis of risks stands beside it.",
    ),
    "demo.attacked_through": (
        "Dix attaques sur cette diffusion\u00a0: au moins une passe. Lisez l’analyse des risques à côté d’elle.",
        "Ten attacks on this release: at least one gets through. Read the analysis of risks beside it.",
    ),
    "demo.abstained": (
        "Un organisme s’est abstenu; rien de ce que le protocole montre ne dit lequel.",
        "One organization abstained; nothing that the protocol shows tells which.",
    ),
    "release.other_plan": (
        "La réponse reçue n’est pas celle de la question {plan}. Rien n’a été publié ici.",
        "The release received is not that of the question {plan}. Nothing was published here.",
    ),
    "run.stuck": (
        (
            "Le calcul n’avance pas après {attempts} essais (institution {party}\u00a0: {reason}). Rien n’a été "
            "publié; voyez le journal de l’institution."
        ),
        (
            "The computation does not advance after {attempts} attempts (helper {party}: {reason}). Nothing was "
            "published; see the helper’s log."
        ),
    ),
}
