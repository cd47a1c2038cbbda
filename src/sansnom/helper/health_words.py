"""What the health page says, in French and in English, by code: joined to the helper's other sentences (`messages.py`)."""

from typing import Final

HEALTH: Final[dict[str, tuple[str, str]]] = {
    # ------------------------------------------------------------------------------------------------ the page itself
    "health.title": ("Institution de calcul {seat} : état", "Helper {seat}: health"),
    "health.all_good": ("Tout va bien.", "All is well."),
    "health.look_at": ("À surveiller.", "Something to watch."),
    "health.act": ("Il faut agir.", "Somebody must act."),
    "health.none_yet": (
        "Le premier regard n’est pas encore terminé. Rechargez cette page dans une minute.",
        "The first look is not finished yet. Load this page again in a minute.",
    ),
    "health.seen_at": ("Vu à {time} (UTC), toutes les cinq minutes.", "Seen at {time} (UTC), every five minutes."),
    "health.guide": (
        "Quoi taper, et quoi ne jamais faire : le guide « Exploiter une institution de calcul », partie « Les cinq ennuis ».",
        "What to type, and what never to do: the guide “Operate a helper”, part “The five things that go wrong”.",
    ),
    "health.metrics": ("Pour les programmes :", "For programs:"),
    "health.states": ("Calculs par état", "Runs by state"),
    "health.state": ("État", "State"),
    "health.number": ("Nombre", "Number"),
    "health.no_runs": ("Aucun calcul n’a encore été demandé.", "No run has been asked for yet."),
    "health.level.good": ("bien", "good"),
    "health.level.watch": ("à surveiller", "to watch"),
    "health.level.alarm": ("alerte", "alarm"),
    "health.state.open": ("prend les envois", "takes submissions"),
    "health.state.closed": ("clos, attend les deux autres", "closed, waits for the two others"),
    "health.state.agreed": ("ensemble des envois convenu", "set of submissions agreed"),
    "health.state.computing": ("calcule", "computing"),
    "health.state.opened": ("calculé, à signer", "computed, to be signed"),
    "health.state.signed": ("signé, à publier", "signed, to be published"),
    "health.state.published": ("publié, clés à détruire", "published, keys to be destroyed"),
    "health.state.destroyed": ("terminé, clés détruites", "over, keys destroyed"),
    "health.state.aborted": ("arrêté, clés à détruire", "stopped, keys to be destroyed"),
    # ----------------------------------------------------------------------------------------------------- six signs
    "health.sign.disk": ("Disque", "Disk"),
    "health.sign.clock": ("Horloge", "Clock"),
    "health.sign.certificate": ("Certificats", "Certificates"),
    "health.sign.peers": ("Les deux autres", "The two others"),
    "health.sign.copy": ("Une seule copie en marche", "One copy running"),
    "health.sign.runs": ("Calculs", "Runs"),
    "health.disk.good": ("Il reste au moins {percent} % du disque.", "At least {percent}% of the disk is free."),
    "health.disk.enough": (
        "Il reste assez de place, mais moins de 5 % du disque.",
        "There is room enough, but less than 5% of the disk.",
    ),
    "health.disk.little": (
        "Il reste moins de {percent} % du disque. Faites de la place cette semaine.",
        "Less than {percent}% of the disk is free. Make room this week.",
    ),
    "health.disk.full": (
        "Trop peu de place sur le disque (moins de {percent} % libres) : bientôt, ni envoi accepté, ni clé détruite.",
        "Too little room on the disk (less than {percent}% free): soon, no submission accepted and no key destroyed.",
    ),
    "health.disk.read_only": (
        "Le disque n’accepte plus d’écriture. Aucun envoi n’est accepté; ceux qui l’étaient sont encore là.",
        "The disk takes no writes any more. No submission is accepted; those that were are still there.",
    ),
    "health.clock.good": (
        "L’horloge s’accorde avec celles des deux autres, à {seconds} s près.",
        "The clock agrees with those of the two others, to {seconds} s.",
    ),
    "health.clock.unknown": (
        "Aucune des deux autres n’a dit l’heure : l’horloge n’a pas pu être comparée.",
        "Neither of the two others told the time: the clock could not be compared.",
    ),
    "health.clock.differs": (
        "L’horloge diffère de {seconds} s de celle de l’institution {seat}. L’une des deux se trompe.",
        "The clock differs by {seconds} s from helper {seat}’s. One of the two is wrong.",
    ),
    "health.clock.wrong": (
        "L’horloge diffère des deux autres d’au moins {seconds} s, dans le même sens : la vôtre se trompe.",
        "The clock differs from both others by at least {seconds} s, the same way: yours is wrong.",
    ),
    "health.clock.jumped": (
        "L’horloge de cette machine a sauté de {seconds} s depuis le démarrage.",
        "This machine’s clock has jumped by {seconds} s since the start.",
    ),
    "health.certificate.good": (
        "Le premier à finir, celui de l’institution {seat}, va jusqu’au {day} (encore {days} jours).",
        "The first to end, helper {seat}’s, lasts until {day} ({days} days left).",
    ),
    "health.certificate.ends": (
        "Celui de l’institution {seat} finit le {day}, dans {days} jours. Son exploitant tape « sansnom helper renew ».",
        "Helper {seat}’s ends on {day}, in {days} days. Its operator types “sansnom helper renew”.",
    ),
    "health.certificate.ended": (
        "Celui de l’institution {seat} a pris fin le {day} : plus aucun envoi n’arrive, plus aucun calcul ne part.",
        "Helper {seat}’s ended on {day}: no submission comes in any more, and no run starts.",
    ),
    "health.certificate.other": (
        "L’institution {seat} montre un autre certificat que celui de la liste : liste plus récente, ou quelqu’un d’autre.",
        "Helper {seat} shows another certificate than the roster’s: a newer roster, or somebody else.",
    ),
    "health.peers.good": ("Les deux autres répondent.", "The two others answer."),
    "health.peers.brief": (
        "L’institution {seat} ne répond pas depuis quelques minutes. Rien à faire encore.",
        "Helper {seat} has not answered for some minutes. Nothing to do yet.",
    ),
    "health.peers.away": (
        "L’institution {seat} ne répond pas depuis {hours} h environ. Aucun envoi n’est perdu; les calculs attendent.",
        "Helper {seat} has not answered for about {hours} h. No submission is lost; runs wait.",
    ),
    "health.copy.good": (
        "À l’adresse publique, c’est bien ce processus qui répond.",
        "At the public address it is this process that answers.",
    ),
    "health.copy.unknown": (
        "L’adresse publique ne peut pas être jointe d’ici : rien à en dire (courant derrière un pare-feu).",
        "The public address cannot be reached from here: nothing to say of it (common behind a firewall).",
    ),
    "health.copy.own": (
        "Un autre processus a répondu à l’adresse publique avec vos clés : une copie de votre dossier est en marche.",
        "Another process answered at the public address with your keys: a copy of your folder is running.",
    ),
    "health.copy.peer": (
        "Deux processus se relaient à la place de l’institution {seat} : une copie est en marche. Appelez son exploitant.",
        "Two processes take turns in helper {seat}’s place: a copy is running. Call its operator.",
    ),
    "health.runs.good": (
        "Rien n’attend une personne ({count} calculs en tout).",
        "Nothing waits for a person ({count} runs in all).",
    ),
    "health.runs.resting": (
        "Le calcul {plan} attend une personne ({reason}).",
        "Run {plan} waits for a person ({reason}).",
    ),
    "health.runs.roster": (
        "Une autre institution a une autre version de la liste que la vôtre ({version}) : les calculs attendent.",
        "Another helper has another version of the roster than yours ({version}): runs wait.",
    ),
    "health.runs.stale": (
        "Le guetteur ne regarde plus depuis une demi-heure. Redémarrez; rien n’est perdu.",
        "The lookout has not looked for half an hour. Start again; nothing is lost.",
    ),
    "helper.watch": (
        "{where} : un port (8446), ou une adresse et un port (127.0.0.1:8446).",
        "{where}: a port (8446), or an address and a port (127.0.0.1:8446).",
    ),
    "helper.watching": (
        "Page d’état de l’institution de calcul : {url}",
        "Health page of the helper: {url}",
    ),
}
"""French first, English second."""
