"""The codes that the desk's own tables hold, with their words in French and English. The dictionary's codes are not here.

Each list is a mapping from code to `Text`; its keys are what a column may hold. `choices` makes a form's choices of one.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from sansnom.terms.parse import Text

Words: TypeAlias = Mapping[str, Text]

BIRTH_QUALITIES: Final[Words] = {
    "exact": Text("exacte", "exact"),
    "estimated": Text("estimée", "estimated"),
    "year_only": Text("année seulement", "year only"),
    "default_january": Text("1er janvier par défaut", "1 January by default"),
    "unknown": Text("inconnue", "unknown"),
}
"""How good a birth date is. Only an exact one counts to the day in matching."""

NAME_KINDS: Final[Words] = {
    "usual": Text("nom d’usage", "usual name"),
    "papers": Text("nom sur les papiers", "name on papers"),
    "latin": Text("autre graphie en lettres latines", "another Latin spelling"),
    "native": Text("dans l’écriture de la personne", "in the person’s own script"),
    "birth": Text("nom de naissance", "name at birth"),
    "other": Text("autre nom", "other name"),
}
NAME_QUALITIES: Final[Words] = {
    "full": Text("complet", "full"),
    "partial": Text("partiel", "partial"),
    "assumed": Text("nom d’emprunt", "assumed name"),
}

HOUSEHOLD_PLACES: Final[Words] = {
    "": Text("non précisé", "not stated"),
    "adult": Text("adulte", "adult"),
    "partner": Text("conjointe ou conjoint", "partner"),
    "child": Text("enfant", "child"),
    "parent": Text("père ou mère", "parent"),
    "other": Text("autre", "other"),
}

CONTACT_RULES: Final[Words] = {
    "any": Text("peut être appelée, message possible", "may be called, messages too"),
    "no_message": Text("peut être appelée, ne pas laisser de message", "may be called, leave no message"),
    "never": Text("ne pas appeler", "do not call"),
}

VERDICTS: Final[Words] = {
    "same": Text("même personne", "same person"),
    "different": Text("deux personnes", "two persons"),
}


def choices(words: Words, language: str) -> list[tuple[str, str]]:
    """Give (code, words in "fr" or "en") for a form, in the list's order."""
    return [(code, text.in_language(language)) for code, text in words.items()]


REASONS: Final[Words] = {
    "file_number": Text("numéro de dossier", "file number"),
    "name_same": Text("même nom", "same name"),
    "name_alike": Text("nom semblable", "similar name"),
    "name_part": Text("une partie du nom", "part of the name"),
    "birth_same": Text("même date de naissance", "same birth date"),
    "birth_swapped": Text("jour et mois de naissance inversés", "day and month of birth the other way round"),
    "birth_near": Text("date de naissance proche", "near birth date"),
    "birth_year": Text("même année de naissance", "same year of birth"),
    "phone_same": Text("même téléphone", "same telephone"),
    "postal_same": Text("même code postal", "same postal code"),
}
"""Why a file looks like what is sought."""
