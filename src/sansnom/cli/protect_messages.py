"""What `sansnom protect table` and `sansnom audit table` say, in French and in English."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "table.file": (
        "{where}\u00a0: ce fichier ne se lit pas. Donnez un CSV (UTF-8), un XLSX ou la forme JSON.",
        "{where}: this file cannot be read. Give a CSV (UTF-8), an XLSX or the JSON form.",
    ),
    "table.file_too_large": ("{where}\u00a0: fichier trop gros.", "{where}: the file is too large."),
    "table.empty": ("Le tableau n’a aucune cellule.", "The table has no cell."),
    "table.no_body": (
        "{where}\u00a0: aucune ligne d’effectifs sous les titres. Une ligne de titres, puis une ligne par modalité.",
        "{where}: no line of counts under the headings. Give headings, then one line for each label.",
    ),
    "table.column_unknown": ("Aucune colonne ne s’appelle {where}.", "No column is called {where}."),
    "table.label_twice": (
        "{where}\u00a0: la modalité numéro {number} y est deux fois.",
        "{where}: label number {number} is there twice.",
    ),
    "table.cell_twice": (
        (
            "{where}\u00a0: cette cellule y est deux fois. Une ligne par combinaison de modalités; "
            "nommez les colonnes avec --rows et --columns."
        ),
        (
            "{where}: this cell is there twice. One line for each combination of labels; "
            "name the columns with --rows and --columns."
        ),
    ),
    "table.not_a_count": (
        "{where}\u00a0: ce n’est pas un effectif. Il faut un nombre entier, positif ou nul.",
        "{where}: not a count. A whole number, zero or more, is expected.",
    ),
    "table.negative": (
        "{where}\u00a0: un effectif ne peut pas être négatif. Rien n’a été écrit; corrigez le fichier.",
        "{where}: a count cannot be negative. Nothing was written; correct the file.",
    ),
    "table.fraction": (
        "{where}\u00a0: un effectif est un nombre entier. Rien n’a été écrit; corrigez le fichier.",
        "{where}: a count is a whole number. Nothing was written; correct the file.",
    ),
    "table.hidden_already": (
        "{where}\u00a0: cette cellule est déjà cachée. Donnez le tableau complet à protéger.",
        "{where}: this cell is hidden already. Give the complete table to protect.",
    ),
    "table.value_too_large": ("{where}\u00a0: effectif trop grand.", "{where}: the count is too large."),
    "table.too_large": (
        "Plus de {limit} cellules. Partagez le tableau.",
        "More than {limit} cells. Divide the table.",
    ),
    "table.margins": (
        (
            "{where}\u00a0: ce total n’est pas la somme de ses parties ({relations} en tout). Rien n’a été "
            "écrit. Corrigez le "
            "fichier, ou donnez la hiérarchie avec --hierarchy."
        ),
        (
            "{where}: this total is not the sum of its parts ({relations} in all). Nothing was written. Correct "
            "the file, or "
            "give the hierarchy with --hierarchy."
        ),
    ),
    "table.margin": ("{where}\u00a0: pas la somme de ses parties.", "{where}: not the sum of its parts."),
    "table.json.form": (
        "{where}\u00a0: manque, ou n’a pas la forme attendue (docs/fr/protect-a-table.md).",
        "{where}: missing, or not of the expected form (docs/protect-a-table.md).",
    ),
    "table.shape": (
        "{where}\u00a0: {found} éléments, {expected} attendus.",
        "{where}: {found} elements, {expected} expected.",
    ),
    "table.weight": ("{where}\u00a0: poids impossible.", "{where}: impossible weight."),
    "table.slack": ("{where}\u00a0: marge impossible.", "{where}: impossible slack."),
    "table.protection": ("{where}\u00a0: protection négative.", "{where}: negative protection."),
    "table.protection_impossible": (
        "{where}\u00a0: la protection demandée dépasse ce que la cellule peut bouger.",
        "{where}: the protection asked for is more than the cell can move.",
    ),
    "table.period": ("{where}\u00a0: écrivez AAAA-MM-JJ/AAAA-MM-JJ.", "{where}: write YYYY-MM-DD/YYYY-MM-DD."),
    "table.period_overlaps": (
        (
            "{where} et {other}\u00a0: les périodes se chevauchent sans que l’une contienne l’autre; leur différence "
            "montrerait des personnes. Rien n’a été publié. Choisissez des périodes séparées, ou l’une dans l’autre."
        ),
        (
            "{where} and {other}: the periods overlap and neither holds the other; their difference would show "
            "persons. "
            "Nothing was published. Choose periods apart, or one inside the other."
        ),
    ),
    "table.revised": (
        (
            "{where} et {other}\u00a0: la même cellule avec deux effectifs. Un effectif révisé ne se publie pas à "
            "côté de l’ancien."
        ),
        "{where} and {other}: the same cell with two counts. A revised count cannot be published beside the old one.",
    ),
    "table.part_larger": (
        "{where}\u00a0: la partie dépasse le tout entre deux périodes.",
        "{where}: the part is more than the whole between two periods.",
    ),
    "earlier.unknown_hidden": (
        "{where}\u00a0: cachée dans un tableau antérieur et absente de celui-ci; donnez le tableau antérieur complet.",
        "{where}: hidden in an earlier table and not in this one; give the complete earlier table.",
    ),
    "columns.json": (
        "La forme JSON a ses propres contributeurs et poids\u00a0: enlevez {where}.",
        "The JSON form has contributors and weights of its own: leave out {where}.",
    ),
    "columns.method": (
        "{where}\u00a0: ces colonnes ne servent qu’à cacher des cellules (--method suppress).",
        "{where}: these columns serve only where cells are hidden (--method suppress).",
    ),
    "columns.two_weights": (
        "{where}\u00a0: deux poids à la fois. Gardez l’une des deux options.",
        "{where}: two weights at once. Keep one of the two options.",
    ),
    "columns.need_list": (
        "{where}\u00a0: cette colonne ne se lit que dans une liste, une cellule par ligne (--rows, --columns, --count).",
        "{where}: this column can be read only in a list, one cell a line (--rows, --columns, --count).",
    ),
    "columns.not_whole": (
        "{where}\u00a0: il faut un nombre entier de contributeurs, ou rien. Rien n’a été écrit; corrigez le fichier.",
        "{where}: a whole number of contributors is expected, or nothing. Nothing was written; correct the file.",
    ),
    "columns.nobody": (
        "{where}\u00a0: un effectif, mais aucun contributeur. Rien n’a été écrit; corrigez le fichier.",
        "{where}: a count, but no contributor. Nothing was written; correct the file.",
    ),
    "columns.not_alone": (
        "{where}\u00a0: un nom, alors que plusieurs y contribuent. Laissez la case vide, ou corrigez le nombre.",
        "{where}: a name, though several contribute. Leave it empty, or correct the number.",
    ),
    "columns.unnamed": (
        (
            "{where}\u00a0: un seul contributeur, mais pas de nom. Écrivez-y un nom ou un numéro, le même partout où il "
            "est seul."
        ),
        "{where}: one contributor, but no name. Write a name or a number, the same wherever they are alone.",
    ),
    "columns.weight": (
        "{where}\u00a0: un poids est un nombre, positif ou nul. Rien n’a été écrit; corrigez le fichier.",
        "{where}: a weight is a number, zero or more. Nothing was written; correct the file.",
    ),
    "hierarchy.cycle": (
        "{where}\u00a0: la hiérarchie tourne en rond à sa paire numéro {number}.",
        "{where}: the hierarchy has a cycle at its pair number {number}.",
    ),
    "hierarchy.unknown_label": (
        "{where}\u00a0: la paire numéro {number} de la hiérarchie nomme une modalité qui n’est pas dans le tableau.",
        "{where}: pair number {number} of the hierarchy names a label that is not in the table.",
    ),
    "hierarchy.two_parents": (
        "{where}\u00a0: cette ligne donne un second parent à une modalité.",
        "{where}: this row gives a label a second parent.",
    ),
    "intervals.failed": (
        "Refusé\u00a0: {cells} cellules cachées se laissent cerner de trop près. Rien n’a été écrit.",
        "Refused: {cells} hidden cells can be bounded too narrowly. Nothing was written.",
    ),
    "intervals.up": ("{where}\u00a0: cernée de trop près par le haut.", "{where}: bounded too narrowly from above."),
    "intervals.down": ("{where}\u00a0: cernée de trop près par le bas.", "{where}: bounded too narrowly from below."),
    "intervals.published": ("{where}\u00a0: petit effectif resté visible.", "{where}: a small count left in the open."),
    "intervals.solver": ("Le solveur s’est arrêté ({where}).", "The solver stopped ({where})."),
    "suppression.too_large": (
        (
            "Plus de {cells} cellules ou de {primaries} petits effectifs\u00a0: partagez le tableau, regroupez "
            "des modalités, ou "
            "employez --method round, qui les prend tous."
        ),
        (
            "More than {cells} cells or {primaries} small counts: divide the table, group labels, or use "
            "--method round, "
            "which takes them all."
        ),
    ),
    "suppression.impossible": (
        (
            "{where}\u00a0: même en cachant tout ce qui peut l’être, cette cellule se laisse cerner ({cells} en tout). "
            "Regroupez des modalités."
        ),
        (
            "{where}: even with all hidden that can be, this cell can be bounded too narrowly ({cells} in all). "
            "Group labels."
        ),
    ),
    "suppression.impossible_for_contributor": (
        "{where}\u00a0: qui connaît sa propre cellule peut cerner celle-ci, quoi qu’on cache ({cells} en tout).",
        "{where}: whoever knows their own cell can bound this one, whatever is hidden ({cells} in all).",
    ),
    "suppression.published_and_suppressed": (
        "{where}\u00a0: déjà publiée, elle ne peut plus être cachée ({cells} en tout).",
        "{where}: already published, it can no longer be hidden ({cells} in all).",
    ),
    "suppression.solver_failed": ("Le solveur a échoué.", "The solver failed."),
    "suppression.solver_stopped": ("Le solveur s’est arrêté ({status}).", "The solver stopped ({status})."),
    "suppression.standing_still_impossible": ("Le solveur se contredit.", "The solver contradicts itself."),
    "rounding.deterministic": (
        "L’arrondi au plus proche est refusé\u00a0: des additions le défont. Employez --method round.",
        "Rounding to the nearest is refused: additions undo it. Use --method round.",
    ),
    "rounding.secret_needed": (
        "{where}\u00a0: nommez un fichier; il sera créé. Sans secret gardé, deux tirages du même tableau se comparent.",
        "{where}: name a file; it will be made. Without a secret that is kept, two draws of one table can be compared.",
    ),
    "rounding.not_additive": (
        "Aucun arrondi à base {base} trouvé qui garde toutes les sommes.",
        "No rounding to base {base} found that keeps every sum.",
    ),
    "rounding.base": ("La base d’arrondi est 2 ou plus.", "The base of rounding is 2 or more."),
    "rounding.secret_short": (
        "Le secret a moins de {expected} octets.",
        "The secret has fewer than {expected} bytes.",
    ),
    "cell_key.ptable": ("Table de perturbation\u00a0: colonnes {where}.", "Perturbation table: columns {where}."),
    "attack.rule": (
        "{where}\u00a0: écrivez par exemple --hidden 1-4 --rounding 5.",
        "{where}: write for instance --hidden 1-4 --rounding 5.",
    ),
    "attack.progress": ("Attaque", "Attacking"),
    "attack.summary": (
        (
            "{cells} cellules, {relations} additions; {hidden} cachées\u00a0: {pinned} retrouvées exactement, "
            "{narrowed} "
            "retrouvées ou resserrées; {recovered} arrondies retrouvées; {elsewhere} montrées dans un autre fichier."
        ),
        (
            "{cells} cells, {relations} sums; {hidden} hidden: {pinned} found out exactly, {narrowed} found out "
            "or narrowed; "
            "{recovered} rounded ones found out; {elsewhere} shown in another file."
        ),
    ),
    "attack.inconsistent": (
        "Les chiffres se contredisent sous cette règle\u00a0: vérifiez --hidden et --rounding.",
        "The figures contradict each other under this rule: check --hidden and --rounding.",
    ),
    "attack.passed": ("Aucune cellule cachée ne cède.", "No hidden cell gives way."),
    "attack.failed": (
        "Constat\u00a0: des cellules cachées cèdent à l’arithmétique seule. Des noms, jamais les valeurs\u00a0:",
        "Finding: hidden cells give way to mere arithmetic. Their names, never their values:",
    ),
    "attack.pinned": ("{where}\u00a0: retrouvée exactement", "{where}: found out exactly"),
    "attack.narrowed": ("{where}\u00a0: resserrée", "{where}: narrowed"),
    "attack.left": (
        "{left} cellules sans programme linéaire; --programs en essaie plus.",
        "{left} cells without a linear program; --programs tries more.",
    ),
    "attack.report": ("Page\u00a0: {where}", "Page: {where}"),
    "protect.progress": ("Protection", "Protecting"),
    "protect.auditing": ("Vérification des intervalles", "Auditing intervals"),
    "protect.missing": (
        "{cells} cellules absentes du fichier\u00a0: zéros, ou totaux calculés ici.",
        "{cells} cells not in the file: zeros, or totals computed here.",
    ),
    "protect.approximate": (
        "Effectifs à décimales\u00a0: les sommes ne sont vérifiées qu’à ces chiffres près.",
        "Counts with decimals: sums are checked to those digits only.",
    ),
    "protect.done": (
        (
            "Cellules\u00a0: {cells}; cachées d’office\u00a0: {primary}; autres cellules cachées\u00a0: "
            "{secondary}. Perte {loss}, borne {bound}, "
            "écart {gap}\u00a0%. Vérification des intervalles\u00a0: réussie."
        ),
        (
            "Cells: {cells}; hidden by rule: {primary}; other cells hidden: {secondary}. Loss {loss}, "
            "bound {bound}, gap {gap}%. "
            "Interval audit: passed."
        ),
    ),
    "protect.rounded": ("{cells} cellules, changées par {method}.", "{cells} cells, changed by {method}."),
    "protect.written": ("Écrit dans {where}.", "Written to {where}."),
    "protect.secret": (
        "{where}\u00a0: gardez ce secret; le même tableau redemandé donnera les mêmes chiffres.",
        "{where}: keep this secret; the same table asked again will give the same figures.",
    ),
}
