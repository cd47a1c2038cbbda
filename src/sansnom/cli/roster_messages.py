"""What `sansnom roster` and the exchange room say: code -> (French, English)."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    # ------------------------------------------------------------------ what the verb says when all is well
    "roster.told.keys": (
        "Clés créées. {private} est privé : ne le donnez à personne. {public} est public : envoyez-le à qui tient la liste.",
        "Keys made. {private} is private: give it to nobody. {public} is public: send it to whoever keeps the roster.",
    ),
    "roster.told.fingerprint": (
        "Empreinte de {name} : {fingerprint}",
        "Fingerprint of {name}: {fingerprint}",
    ),
    "roster.told.compare": (
        "Lisez-la au téléphone à l’autre personne : les chiffres doivent être les mêmes des deux côtés.",
        "Read it to the other person by telephone: the digits must be the same on both sides.",
    ),
    "roster.told.init": (
        "Liste {year} commencée dans {where}. La clé de convocation est dans {private}, que vous seul pouvez lire.",
        "Roster {year} begun in {where}. The convener’s key is in {private}, which you alone can read.",
    ),
    "roster.told.added": (
        "{code} : ajouté au brouillon sous le numéro {number}. Rien ne vaut avant « sansnom roster sign ».",
        "{code}: added to the draft as number {number}. Nothing holds before “sansnom roster sign”.",
    ),
    "roster.told.rekeyed": (
        "{code} : d’autres clés, et le numéro {number}, au brouillon. Rien ne vaut avant « sansnom roster sign ».",
        "{code}: other keys, and number {number}, in the draft. Nothing holds before “sansnom roster sign”.",
    ),
    "roster.told.helper": (
        "Institution de calcul {party} : inscrite au brouillon.",
        "Helper {party}: entered in the draft.",
    ),
    "roster.told.removed": (
        "{code} : retiré du brouillon. Son numéro ne sera jamais redonné.",
        "{code}: removed from the draft. Its number will never be given again.",
    ),
    "roster.told.signed": (
        "Version {version} signée : {organizations} organismes, {helpers} institutions de calcul. Condensé : {digest}",
        "Version {version} signed: {organizations} organizations, {helpers} helpers. Digest: {digest}",
    ),
    "roster.told.title": (
        "Liste {year}, version {version}, de {convener}. Signature vérifiée. Condensé : {digest}",
        "Roster {year}, version {version}, of {convener}. Signature checked. Digest: {digest}",
    ),
    "roster.told.organization": (
        "{number}. {code} · {name} · jusqu’à {rows} personnes · {services} services\n      {fingerprint}",
        "{number}. {code} · {name} · up to {rows} persons · {services} services\n      {fingerprint}",
    ),
    "roster.told.seat": (
        "Institution de calcul {party} · {name}, {institution}\n      {fingerprint}",
        "Helper {party} · {name}, {institution}\n      {fingerprint}",
    ),
    "roster.told.letter": (
        "Lettre écrite pour {organizations} organismes : {where}. Elle est publique; chacun n’en ouvre que sa part.",
        "Letter written for {organizations} organizations: {where}. It is public; each opens its own part only.",
    ),
    "roster.told.received": (
        "Secret du groupe reçu (année {year}, étape {step}) et gardé dans {where}, que vous seul pouvez lire.",
        "Group secret received (year {year}, step {step}) and kept in {where}, which you alone can read.",
    ),
    # ------------------------------------------------------------------ what is wrong with what was given
    "roster.file": (
        "{where} : fichier absent ou illisible. Rien n’a été changé.",
        "{where}: the file is missing or cannot be read. Nothing was changed.",
    ),
    "roster.exists": (
        "{where} existe déjà et n’est pas remplacé. Choisissez un autre nom, ou déplacez-le.",
        "{where} exists already and is not replaced. Choose another name, or move it.",
    ),
    "roster.open_file": (
        "{where} peut être lu par d’autres que vous. Corrigez : chmod 600 {where}",
        "{where} can be read by others than you. Mend it: chmod 600 {where}",
    ),
    "roster.code": (
        "Le code d’un organisme a de 2 à 40 lettres minuscules sans accent, chiffres ou traits d’union.",
        "An organization’s code has 2 to 40 lower-case letters without accents, digits or hyphens.",
    ),
    "roster.taken": (
        "Un organisme porte déjà ce code. Retirez-le d’abord, ou choisissez un autre code.",
        "An organization has this code already. Remove it first, or choose another code.",
    ),
    "roster.absent": (
        "Aucun organisme de ce code n’est au brouillon.",
        "No organization of this code is in the draft.",
    ),
    "roster.what": (
        "Dites ce qu’il faut ajouter : --organization avec --keys, --name-fr, --name-en, --size-class; ou --helper.",
        "Say what to add: --organization with --keys, --name-fr, --name-en, --size-class; or --helper.",
    ),
    "roster.fingerprint": (
        "L’empreinte de ces clés n’est pas celle que vous avez donnée. N’ajoutez personne; rappelez l’organisme.",
        "The fingerprint of these keys is not the one you gave. Add nobody; call the organization again.",
    ),
    "roster.same_keys": (
        "Ce sont les clés qu’il a déjà. Rien n’a été changé.",
        "These are the keys that it has already. Nothing was changed.",
    ),
    "roster.services": (
        "Le dictionnaire ne connaît pas un de ces services. Il connaît : {expected}",
        "The dictionary does not know one of these services. It knows: {expected}",
    ),
    "roster.size_class": (
        "{where} : la taille doit être une des puissances de deux de 32 à 1 048 576 personnes.",
        "{where}: the size must be one of the powers of two from 32 to 1,048,576 persons.",
    ),
    "roster.helpers": (
        "Une liste a trois institutions de calcul, ou aucune ({where}).",
        "A roster has three helpers, or none ({where}).",
    ),
    "roster.twice": ("{where} : la même valeur deux fois.", "{where}: the same value twice."),
    "roster.shared_key": (
        "Deux parties ont la même clé. Chacune doit créer les siennes.",
        "Two parties have the same key. Each must make its own.",
    ),
    "roster.unchanged": (
        "Le brouillon est pareil à la version signée : rien à signer.",
        "The draft is the same as the signed version: there is nothing to sign.",
    ),
    "keys.encoding": ("{where} : ce n’est pas une clé (base64 attendu).", "{where}: this is no key (base64 expected)."),
    "keys.size": ("{where} : une clé n’a pas cette longueur.", "{where}: no key has this length."),
    # ------------------------------------------------------------------ signatures, pepper, keeper
    "signature.shape": (
        "Ce fichier ({kind}) n’est pas un fichier signé.",
        "This file ({kind}) is not a signed file.",
    ),
    "signature.wrong": (
        "Une signature de ce fichier ({kind}) ne tient pas : il a été changé. Ne vous y fiez pas.",
        "A signature of this file ({kind}) does not hold: it was changed. Do not rely on it.",
    ),
    "signature.twice": (
        "La même clé signe deux fois ce fichier ({kind}).",
        "The same key signs this file ({kind}) twice.",
    ),
    "signature.too_few": (
        "Ce fichier ({kind}) a {found} signature(s) valable(s); il en faut {expected}.",
        "This file ({kind}) has {found} valid signature(s); {expected} needed.",
    ),
    "pepper.mismatch": (
        (
            "Votre secret de groupe ne donne pas la valeur de contrôle de la question {plan}. Rien n’a été envoyé : vos lignes "
            "ne correspondraient à personne. Demandez une nouvelle lettre à l’organisme gardien."
        ),
        (
            "Your group secret does not give the check value of plan {plan}. Nothing was sent: your rows would match nobody. "
            "Ask the keeper for a new letter."
        ),
    ),
    "pepper.size": ("{where} : ce n’est pas un secret de groupe.", "{where}: this is no group secret."),
    "keeper.stranger": (
        "Seul un organisme de la liste, avec sa propre clé, peut être gardien : ni institution de calcul, ni convocation.",
        "Only an organization of the roster, with its own key, can be keeper: neither a helper nor the convener.",
    ),
    "keeper.year": (
        "La lettre est de l’année {found}, la liste de l’année {expected}.",
        "The letter is of the year {found}, the roster of the year {expected}.",
    ),
    "keeper.no_part": (
        "Cette lettre n’a pas de part pour cet organisme. Demandez-en une nouvelle au gardien.",
        "This letter has no part for this organization. Ask the keeper for a new one.",
    ),
    # ------------------------------------------------------------------ building and sending a submission
    "records.date": (
        "{where} : une date n’en est pas une.",
        "{where}: a date is none.",
    ),
    "records.twice": (
        "{where} : deux personnes ont le même numéro.",
        "{where}: two persons have the same number.",
    ),
    "submission.overflow": (
        (
            "{rows} personnes servies, mais la liste prévoit {most} lignes pour cet organisme. Rien n’a été coupé ni envoyé; "
            "demandez une classe plus grande à qui tient la liste."
        ),
        (
            "{rows} persons served, but the roster allows {most} rows for this organization. Nothing was cut off or sent; "
            "ask whoever keeps the roster for a larger class."
        ),
    ),
    "submission.bytes": (
        "Cet envoi n’a pas la forme ou la longueur prévue. Rien n’a été gardé.",
        "This submission has not the expected form or length. Nothing was kept.",
    ),
    "submission.manifest": (
        "Le bordereau de cet envoi est illisible.",
        "The manifest of this submission cannot be read.",
    ),
    "submission.plan": ("Cet envoi répond à une autre question.", "This submission answers another question."),
    "submission.layout": (
        "Le poste et l’institution de calcul ne lisent pas la question de la même façon. Mettez sansnom à jour.",
        "The desk and the helper do not read the question alike. Update sansnom.",
    ),
    "submission.stranger": (
        "Cet envoi vient d’un organisme qui n’est pas sur la liste.",
        "This submission is from an organization that is not on the roster.",
    ),
    "submission.rows": (
        "Cet envoi a {found} lignes; la liste en prévoit {expected}.",
        "This submission has {found} rows; the roster says {expected}.",
    ),
    "submission.component": (
        "Le contenu scellé n’est pas celui que le bordereau signé annonce.",
        "What was sealed is not what the signed manifest says.",
    ),
    "submission.sequence": (
        "Un envoi plus récent, ou un autre du même numéro, est déjà là (numéro {found}; le prochain est {expected}).",
        "A newer submission, or another with this number, is here already (number {found}; the next is {expected}).",
    ),
    "submission.other": (
        "Ce n’est pas l’envoi convenu entre les institutions de calcul (organisme {organization}).",
        "This is not the submission that the helpers agreed on (organization {organization}).",
    ),
    "seal.broken": (
        "Ce qui est scellé ne s’ouvre pas avec cette clé, ou a été changé en route.",
        "What is sealed does not open with this key, or was changed on its way.",
    ),
    "receipt.other": (
        "L’accusé de réception de l’institution {party} concerne un autre envoi.",
        "The receipt of helper {party} is for another submission.",
    ),
    "verdict.other": (
        "La réponse de l’institution {party} concerne un autre envoi.",
        "The reply of helper {party} is for another submission.",
    ),
    "verdict.size": (
        "La réponse de l’institution {party} n’a pas la bonne longueur.",
        "The reply of helper {party} has the wrong length.",
    ),
    "verdict.too_few": (
        "{found} réponse(s) reçue(s); il en faut {expected} pour lire le verdict.",
        "{found} reply or replies received; {expected} are needed to read the verdict.",
    ),
    "verdict.differs": (
        "Deux institutions de calcul ne disent pas la même chose (composante {component}). Avertissez-les.",
        "Two helpers do not say the same (component {component}). Tell them.",
    ),
    # ------------------------------------------------------------------ plans that do not fit
    "plan.roster": (
        "La question parle de la version {expected} de la liste; vous avez la version {found}, ou une autre liste.",
        "The question speaks of version {expected} of the roster; you have version {found}, or another roster.",
    ),
    "plan.dictionary": (
        "La question suit le dictionnaire {expected}; celui-ci est {found}.",
        "The question follows dictionary {expected}; this is {found}.",
    ),
    "plan.helpers": (
        "La question nomme {found} institutions de calcul; il en faut {expected}.",
        "The question names {found} helpers; {expected} are needed.",
    ),
    "plan.keys.version": (
        "La question nomme une version inconnue des clés d’appariement. Connues : {expected}",
        "The question names an unknown version of match keys. Known: {expected}",
    ),
    "plan.keys.scored": (
        "La question compare par ressemblance une clé qui ne s’y prête pas, ou l’inverse. Possibles : {expected}",
        "The question scores a match key that is not made for it, or the other way round. Possible: {expected}",
    ),
    "plan.keys.unknown": (
        "La question nomme une clé d’appariement inconnue. Connues : {expected}",
        "The question names an unknown match key. Known: {expected}",
    ),
    "plan.dimension.underived": (
        "Aucun poste ne peut remplir la dimension {dimension}.",
        "No desk can fill the dimension {dimension}.",
    ),
    "plan.measure.underived": (
        "Aucun poste ne peut remplir la mesure {measure}.",
        "No desk can fill the measure {measure}.",
    ),
    "plan.duration.underived": (
        "Aucun poste ne peut remplir la durée {duration}.",
        "No desk can fill the duration {duration}.",
    ),
    "plan.field.underived": (
        "Aucun poste ne peut remplir le champ {field}.",
        "No desk can fill the field {field}.",
    ),
}
