"""Words that stand where a name is missing: who somebody is at home, who answered, that nothing was told.

Forms, counters and interpreters write them, in several languages. A word that is anybody's name stays out, however often it
fills a gap: Lady, Man, No, The, Doe, House, Guest, Tenant and Blank are given names or surnames of people here.
"""

from typing import Final

from sansnom.exchange.names import PLACEHOLDERS

_ROLES: Final = """
boy girl child kid infant newborn son daughter mother father twin male female minor adult person client
babyboy babygirl spouse wife husband husb brother sister grandma grandpa
bb enfant nouveaune fille fils mere pere madame monsieur mademoiselle
nino nina bebe hijo hija senor senora abuela abuelo esposa esposo padre madre hermano hermana
bambino walad bint tifl
"""
_UNTOLD: Final = """
na nd nsp none nil test fnu lnu refused refuse nonprecise nondisponible firstname lastname name surname
"""
NOBODY: Final = PLACEHOLDERS | frozenset((*_ROLES.split(), *_UNTOLD.split()))
"""Those of "keys-1" and "keys-2"."""

_AT_THE_DOOR: Final = """
respondent respondant informant applicant repondant repondante requerant requerante
resident residente occupant occupante occupier householder household owner landlord landlady locataire proprietaire
inquilino inquilina ocupante propietario propietaria roommate housemate roomer colocataire
visitor visiteur visiteuse gentleman
"""
_UNTOLD_EITHER: Final = """
unk unkn unknwn unspecified undisclosed withheld notgiven notknown notavailable dontknow didnotsay refusal declined
ref tba tbd nonconnu nonconnue nonfourni nonspecifie pasdenom aucun aucune ninguno ninguna sinnombre
"""
_OF_SENTENCES: Final = """
of not dont from two three four deux trois quatre tres cuatro
"""
NOBODY_3: Final = NOBODY | frozenset((*_AT_THE_DOOR.split(), *_UNTOLD_EITHER.split(), *_OF_SENTENCES.split()))
"""Those of "keys-3": who opened the door or answered, that nothing was told, words of a sentence ("dont know", "baby two")."""
