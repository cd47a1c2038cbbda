"""What `sansnom audit release` says, in French and in English."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "attack.running": ("{release}, attaque {attack}", "{release}, attack {attack}"),
    "attack.weakness": (
        "{where}: faiblesse inconnue; choix: {expected}.",
        "{where}: no such weakness; choose one of {expected}.",
    ),
    "attack.only": (
        "{where}: nommez des attaques de A1 à A10; le registre les veut toutes.",
        "{where}: name attacks from A1 to A10; the register wants all of them.",
    ),
    "attack.no_release": (
        "{where}: ce site n’a encore publié aucune diffusion.",
        "{where}: this board has published no release yet.",
    ),
    "attack.solver": (
        "Le solveur s’est arrêté (code {found}); rien n’est conclu. Vérifiez qu’ortools est installé.",
        "The solver stopped (code {found}); nothing is concluded. Check that ortools is installed.",
    ),
    "attack.release_passed": (
        "{release}\u00a0: résiste aux {attacks} attaques.",
        "{release}: withstands the {attacks} attacks.",
    ),
    "attack.release_failed": (
        "{release}\u00a0: ne résiste pas\u00a0: {failed}.",
        "{release}: does not withstand {failed}.",
    ),
    "attack.measure_cap": ("{name}\u00a0: {found}, au plus {limit} permis", "{name}: {found}, at most {limit} allowed"),
    "attack.measure_floor": (
        "{name}\u00a0: {found}, au moins {limit} voulu",
        "{name}: {found}, at least {limit} wanted",
    ),
    "attack.planted": (
        "Une faiblesse était plantée ({weakness})\u00a0: cet essai de l’audit devait être rouge.",
        "A weakness was planted ({weakness}): this test of the audit had to be red.",
    ),
    "register.criterion": (
        "Aucune attaque ne parle du critère {criterion}; l’analyse serait incomplète.",
        "No attack speaks to the criterion {criterion}; the analysis would be incomplete.",
    ),
    "risk.title": ("Registre d’anonymisation et analyse des risques", "Anonymization register and analysis of risks"),
    "risk.register": ("Les cinq champs du registre", "The five fields of the register"),
    "risk.field.description": ("Renseignements décrits", "Information described"),
    "risk.field.uses": ("Fins prévues", "Purposes"),
    "risk.field.techniques": ("Techniques d’anonymisation", "Anonymization techniques"),
    "risk.field.security": ("Mesures de protection et de sécurité", "Protection and security measures"),
    "risk.field.analysed": ("Date de l’analyse", "Date of the analysis"),
    "risk.found": ("Ce que les attaques ont mesuré", "What the attacks measured"),
    "risk.criterion.individualization": ("Individualisation\u00a0:", "Individualization:"),
    "risk.criterion.correlation": ("Corrélation\u00a0:", "Correlation:"),
    "risk.criterion.inference": ("Inférence\u00a0:", "Inference:"),
    "risk.within_promise": (
        "rien au-delà de ce que la diffusion annonce ({attacks}).",
        "nothing beyond what the release announces ({attacks}).",
    ),
    "risk.beyond_promise": (
        "plus que ce que la diffusion annonce ({attacks}). Ne publiez pas; si c’est publié, traitez-le comme un incident.",
        "more than the release announces ({attacks}). Do not publish; if it is published, treat it as an incident.",
    ),
    "risk.not_measured": ("Ce qui n’est pas mesuré", "What is not measured"),
    "risk.limit.other_knowledge": (
        "Ce que quelqu’un sait déjà d’une personne, et ce qu’il y ajoute.",
        "What somebody knows about a person already, and adds to it.",
    ),
    "risk.limit.collusion": (
        "Deux institutions de calcul qui s’entendent verraient toutes les lignes, sans noms.",
        "Two helpers that collude would see every row, without names.",
    ),
    "risk.limit.linkage": (
        "La perte mesurée tient le rapprochement des autres lignes pour donné; le pire cas est annoncé à côté.",
        "The loss is measured with the linkage of all other rows given; the worst case is announced beside it.",
    ),
    "risk.limit.own_tables": (
        "Les tableaux qu’un organisme publie de lui-même\u00a0: vérifiez chacun avec «\u00a0sansnom audit table\u00a0».",
        "Tables that an organization publishes by itself: check each with “sansnom audit table”.",
    ),
    "risk.limit.other_publishers": (
        "Les tableaux d’autres organismes publics sur les mêmes personnes.",
        "Tables of other public bodies about the same persons.",
    ),
    "risk.judged_by_a_person": (
        "Le risque résiduel est-il très faible? Une personne qualifiée l’écrit et le signe ici. Aucun programme ne le fait.",
        "Is the residual risk very low? A qualified person writes and signs it here. No program does.",
    ),
}
