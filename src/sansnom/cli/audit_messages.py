"""What `sansnom audit` says, in French and in English."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "linkage.truth": (
        "{where}: ni regroupements (clusters) ni une personne par ligne.",
        "{where}: neither clusters nor a person for each row.",
    ),
    "linkage.rows": (
        "{where}: {found} lignes reliées, {expected} dans la vérité; chaque ligne doit y être une fois.",
        "{where}: {found} rows linked, {expected} in the truth; each row must be there once.",
    ),
    "linkage.file": ("{where}: ce fichier ne se lit pas comme du JSON.", "{where}: this file does not read as JSON."),
    "linkage.nothing": ("Donnez {where}: il n’y a rien à comparer.", "Give one of {where}: there is nothing to score."),
    "linkage.column.figure": ("Chiffre", "Figure"),
    "linkage.column.linked": ("Relié", "Linked"),
    "linkage.column.true": ("Vrai", "True"),
    "linkage.column.error": ("Écart", "Error"),
    "linkage.column.pairs": ("Paires", "Pairs"),
    "linkage.column.precision": ("Précision", "Precision"),
    "linkage.column.recall": ("Rappel", "Recall"),
    "linkage.column.interval": ("Intervalle de 95 % du rappel", "95 % interval of recall"),
    "linkage.column.f1": ("F1", "F1"),
    "linkage.distinct": ("Personnes distinctes", "Distinct persons"),
    "linkage.at_several": ("Personnes dans 2 organismes ou plus", "Persons at 2 or more organizations"),
    "linkage.at": ("Dans {many} organismes exactement (10: ou plus)", "At exactly {many} organizations (10: or more)"),
    "linkage.overlaps": ("Recoupements de deux organismes, ensemble", "Overlaps of two organizations, together"),
    "linkage.all": ("Toutes", "All"),
    "linkage.without": ("Sans {match_key}", "Without {match_key}"),
    "linkage.alone": ("{match_key} et la clé stricte seules", "{match_key} and the strict key alone"),
    "linkage.calibrate.weights": (
        "Poids\u00a0: {done} mondes sur {of}",
        "Weights: {done} of {of} worlds",
    ),
    "linkage.calibrate.threshold": (
        "Seuil\u00a0: {done} mondes sur {of}",
        "Threshold: {done} of {of} worlds",
    ),
    "linkage.calibrate.points": (
        "Points\u00a0: {done} pays sur {of}",
        "Points: {done} of {of} countries",
    ),
    "linkage.calibrate.found": (
        "{version}\u00a0: {pairs} paires de voisins, dont {one} d’une même personne. Seuil, croissance, points, poids\u00a0:",
        "{version}: {pairs} pairs of neighbours, {one} of them one person. Threshold, growth, points, weights:",
    ),
    "linkage.calibrate.same": (
        "C’est exactement la table livrée {version}.",
        "This is exactly the table {version} that ships.",
    ),
    "linkage.calibrate.other": (
        "Ce n’est pas la table livrée {version}.",
        "This is not the table {version} that ships.",
    ),
    "linkage.expected.worlds": (
        "Mondes de {persons} personnes, {worlds} mondes; en pourcentage, intervalle de 95 % dessous",
        "Worlds of {persons} persons, {worlds} worlds; in percent, 95 % interval below",
    ),
    "linkage.expected.group": ("Origine des noms", "Names from"),
    "linkage.expected.recall": ("Paires trouvées", "Pairs found"),
    "linkage.expected.precision": ("Liens justes", "Links that are right"),
    "linkage.expected.distinct": ("Écart, personnes", "Error, persons"),
    "linkage.expected.several": ("Écart, 2 organismes ou plus", "Error, 2 organizations or more"),
    "linkage.expected.poor_recall": ("Trouvées, bruit doublé", "Found, twice the noise"),
    "linkage.expected.written": ("Écrit\u00a0: {file}", "Written: {file}"),
    "linkage.multiplicity.noise": (
        "Bruit fois {noise}\u00a0: ce qui est compté pour une personne, selon son vrai nombre d’organismes",
        "Noise times {noise}: what is counted for one person, by true number of organizations",
    ),
    "linkage.multiplicity.organizations": ("Organismes", "Organizations"),
    "linkage.multiplicity.counted": ("comptées pour une", "counted for one"),
    "linkage.multiplicity.split": ("personnes coupées", "persons split"),
    "linkage.multiplicity.equal": ("4 clés égales", "4 equal keys"),
    "linkage.multiplicity.scored": ("8 clés notées", "8 scored keys"),
}
