"""The codes of the desk's own tables of work, with their words in French and English (see `people/words.py`)."""

from typing import Final

from sansnom.desk.people.words import Words
from sansnom.terms.parse import Text

MODES: Final[Words] = {
    "": Text("non précisé", "not stated"),
    "place": Text("sur place", "in person"),
    "phone": Text("au téléphone", "by phone"),
    "video": Text("en visioconférence", "by video"),
    "home": Text("à domicile", "at home"),
    "outside": Text("à l’extérieur, en accompagnement", "elsewhere, accompanied"),
    "written": Text("par écrit", "in writing"),
}
OUTCOMES: Final[Words] = {
    "": Text("en cours", "open"),
    "met": Text("comblé", "met"),
    "partly": Text("comblé en partie", "partly met"),
    "unmet": Text("non comblé", "not met"),
    "withdrawn": Text("retiré par la personne", "withdrawn by the person"),
    "referred": Text("aiguillé ailleurs", "referred elsewhere"),
}
CLOSINGS: Final[Words] = {
    "": Text("ouvert", "open"),
    "done": Text("objectifs atteints", "goals reached"),
    "left": Text("départ de la personne", "the person left"),
    "moved": Text("déménagement", "moved"),
    "unreachable": Text("sans nouvelles", "no news"),
    "other": Text("autre raison", "another reason"),
}
APPOINTMENT_STATES: Final[Words] = {
    "planned": Text("prévu", "planned"),
    "kept": Text("tenu", "kept"),
    "missed": Text("manqué", "missed"),
    "cancelled": Text("annulé", "cancelled"),
}
HOUR_KINDS: Final[Words] = {
    "direct": Text("auprès des personnes", "with people"),
    "preparation": Text("préparation et suivi", "preparation and follow-up"),
    "coordination": Text("coordination", "coordination"),
    "administration": Text("administration et reddition de comptes", "administration and reporting"),
    "other": Text("autre", "other"),
}
