"""The files an organization may bring, and their columns: one list for the reader, documents and schemas."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sansnom.terms.parse import Text

NAME_CHARACTERS_MAX: Final = 200
TEXT_CHARACTERS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, its kind (how a cell is understood) and other names it is known by.

    Kinds: `id`, `text`, `phone`, `birth` (a date that may lack day or month), `date`, `minutes`, `level`, `flag`,
    `precision`, or `code:LIST` for a code of the dictionary.
    """

    name: str
    kind: str
    label: Text
    synonyms: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class FileTable:
    """One file: its name without ending, other names, and its columns. `required` files must be there."""

    name: str
    label: Text
    columns: tuple[Column, ...]
    synonyms: tuple[str, ...] = ()
    required: bool = False

    def column(self, name: str) -> Column:
        """Give the column of this name."""
        return next(column for column in self.columns if column.name == name)


def fold(text: str) -> str:
    """Bring a heading or a label to one form: no accents, lower case, `_` between words."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return "_".join(re.findall(r"[^\W_]+", plain))


def _column(name: str, kind: str, fr: str, en: str, synonyms: str = "", *, required: bool = False) -> Column:
    """Write a column on one line; `synonyms` are folded headings, separated by spaces."""
    return Column(name, kind, Text(fr, en), tuple(synonyms.split()), required)


def _person(*, required: bool = True) -> Column:
    return _column(
        "local_id",
        "id",
        "Numéro de la personne chez vous",
        "Your own number for the person",
        "id client_id person_id file_number case_number numero_local identifiant numero_de_dossier no_dossier "
        "no_de_dossier dossier numero_client numero_de_client no_client matricule personne",
        required=required,
    )


_SERVICE: Final = _column(
    "service", "code:services", "Service", "Service", "service_type type_de_service type_service activite"
)

PERSONS: Final = FileTable(
    "persons",
    Text("Personnes", "Persons"),
    (
        _person(),
        _column(
            "given_names",
            "text",
            "Prénoms",
            "Given names",
            "given_name first_name first_names forename forenames prenom prenoms",
        ),
        _column(
            "family_names",
            "text",
            "Noms de famille",
            "Family names",
            "family_name last_name last_names surname surnames nom noms nom_de_famille noms_de_famille patronyme",
        ),
        _column(
            "birth_date",
            "birth",
            "Date de naissance",
            "Date of birth",
            "date_of_birth dob birthdate date_de_naissance date_naissance naissance ddn",
        ),
        _column(
            "birth_date_precision",
            "precision",
            "Précision de la date de naissance",
            "Precision of the date of birth",
            "birth_precision precision_de_la_date_de_naissance precision_date_naissance precision_naissance precision",
        ),
        _column("sex", "code:sex", "Sexe ou genre", "Sex or gender", "gender sexe genre sexe_ou_genre sex_or_gender"),
        _column(
            "country_of_birth",
            "code:countries",
            "Pays de naissance",
            "Country of birth",
            "birth_country birthplace place_of_birth pays_de_naissance pays_naissance pays",
        ),
        _column(
            "mother_tongue", "code:languages", "Langue maternelle", "Mother tongue", "first_language langue_maternelle"
        ),
        _column(
            "category",
            "code:category",
            "Catégorie d’immigration",
            "Immigration category",
            "immigration_category categorie categorie_d_immigration categorie_immigration statut_d_immigration statut",
        ),
        _column("region", "code:region", "Région administrative", "Administrative region", "region_administrative"),
        _column(
            "admission_date",
            "date",
            "Date d’admission",
            "Date of admission",
            "date_of_admission landing_date date_d_admission date_admission",
        ),
        _column(
            "arrival_date",
            "date",
            "Date d’arrivée au Québec",
            "Date of arrival in Quebec",
            "date_of_arrival arrival_qc_date date_d_arrivee date_arrivee date_d_arrivee_au_quebec",
        ),
        _column("postal_code", "text", "Code postal", "Postal code", "postcode zip code_postal"),
        _column("phone", "phone", "Téléphone", "Phone", "telephone phone_number tel cellulaire numero_de_telephone"),
        _column(
            "anonymous",
            "flag",
            "Sans nom (oui ou non)",
            "Unnamed (yes or no)",
            "unnamed sans_nom anonyme",
        ),
    ),
    ("personnes", "clients", "clientele", "people"),
    required=True,
)

SERVICES: Final = FileTable(
    "services",
    Text("Services rendus", "Services given"),
    (
        _person(),
        _SERVICE,
        _column("start", "date", "Date (début)", "Date (start)", "start_date date debut date_debut date_de_debut"),
        _column("end", "date", "Date de fin", "End date", "end_date fin date_fin date_de_fin"),
        _column("minutes", "minutes", "Durée en minutes", "Length in minutes", "duration_minutes duree duree_minutes"),
        _column("status", "code:service_statuses", "État", "Status", "service_status etat statut"),
    ),
    ("services_rendus",),
)

ASSESSMENTS: Final = FileTable(
    "assessments",
    Text("Évaluations de langue", "Language assessments"),
    (
        _person(),
        _column("scale", "code:scales", "Échelle", "Scale", "echelle", required=True),
        _column("skill", "code:skills", "Habileté", "Skill", "habilete competence", required=True),
        _column("level", "level", "Niveau", "Level", "niveau", required=True),
        _column("date", "date", "Date", "Date", "assessment_date date_evaluation date_d_evaluation", required=True),
    ),
    ("evaluations",),
)

STATUSES: Final = FileTable(
    "statuses",
    Text("Emploi et études", "Employment and education"),
    (
        _person(),
        _column("date", "date", "Date", "Date", "status_date date_observation", required=True),
        _column("employment", "code:employment", "Emploi", "Employment", "employment_status emploi"),
        _column("education", "code:education", "Études", "Education", "education_status etudes scolarite"),
    ),
    ("situations",),
)

REFERRALS: Final = FileTable(
    "referrals",
    Text("Aiguillages", "Referrals"),
    (
        _person(),
        _SERVICE,
        _column(
            "to_organization",
            "text",
            "Vers l’organisme (son code)",
            "To the organization (its code)",
            "organization to_org organisme vers_l_organisme vers_organisme vers destination",
        ),
        _column("sent", "date", "Date d’envoi", "Date sent", "sent_date date date_envoi date_d_envoi"),
        _column("accepted", "flag", "Accepté", "Accepted", "accepte acceptee"),
        _column("completed", "flag", "Mené à terme", "Completed", "complete mene_a_terme termine"),
    ),
    ("aiguillages", "references"),
)

WAITLIST: Final = FileTable(
    "waitlist",
    Text("Liste d’attente", "Waiting list"),
    (
        _SERVICE,
        _column("joined", "date", "Inscription", "Joined", "joined_date date inscription date_inscription"),
        _column("left", "date", "Sortie", "Left", "left_date sortie date_sortie date_de_sortie"),
        _column("reason", "code:waiting", "Raison de la sortie", "Reason for leaving", "raison motif"),
    ),
    ("waiting_list", "liste_d_attente", "liste_attente", "attente"),
)

TURNED_AWAY: Final = FileTable(
    "turned_away",
    Text("Demandes sans réponse", "Turned away"),
    (
        _SERVICE,
        _column("date", "date", "Date", "Date", "date_de_la_demande date_demande"),
        _column("reason", "code:turned_away", "Raison", "Reason", "raison motif"),
    ),
    ("demandes_sans_reponse", "sans_reponse", "refus"),
)

TABLES: Final = (PERSONS, SERVICES, ASSESSMENTS, STATUSES, REFERRALS, WAITLIST, TURNED_AWAY)


def table_of(file_stem: str) -> FileTable | None:
    """Find the table that a file's name (without ending) stands for, in French or English."""
    folded = fold(file_stem)
    return next((t for t in TABLES if folded == t.name or folded in t.synonyms), None)


def column_of(table: FileTable, heading: str) -> Column | None:
    """Find the column that a heading stands for: its name, its label in either language, or a synonym."""
    folded = fold(heading)
    for column in table.columns:
        if folded in {column.name, fold(column.label.fr), fold(column.label.en), *column.synonyms}:
            return column
    return None
