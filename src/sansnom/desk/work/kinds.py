"""The kinds of act that one page each writes, changes and removes: the word in the address, the table, the forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from sansnom.desk.work import forms
from sansnom.desk.work.recording_forms import RecordForm, ServiceForm


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act.

    word    in addresses and in the names of sentences: `work.title.new.WORD`, `work.title.change.WORD`
    new     the form that makes rows
    change  the form of a row
    anchor  the section of the person's page that shows it
    """

    word: str
    new: type[forms.ActForm]
    change: type[forms.ActForm]
    anchor: str

    def rows(self) -> QuerySet[Any]:
        """Give every row of the kind's table: to be narrowed to what is in sight."""
        table: Any = self.change.model
        found: QuerySet[Any] = table.objects.all()
        return found

    @property
    def title(self) -> str:
        """Name the title of the page that makes one."""
        return f"work.title.new.{self.word}"

    @property
    def title_of_one(self) -> str:
        """Name the title of the page that changes one."""
        return f"work.title.change.{self.word}"


_LISTED: Final = (
    Kind("service", RecordForm, ServiceForm, "services"),
    Kind("need", forms.NeedsForm, forms.NeedForm, "needs"),
    Kind("referral", forms.ReferralForm, forms.ReferralForm, "needs"),
    Kind("waiting", forms.WaitingForm, forms.WaitingEndForm, "needs"),
    Kind("assessment", forms.AssessmentsForm, forms.AssessmentForm, "progress"),
    Kind("employment", forms.EmploymentForm, forms.EmploymentForm, "progress"),
    Kind("education", forms.EducationForm, forms.EducationForm, "progress"),
    Kind("goal", forms.GoalForm, forms.GoalForm, "progress"),
    Kind("appointment", forms.AppointmentForm, forms.AppointmentForm, "agenda"),
    Kind("follow-up", forms.FollowUpForm, forms.FollowUpForm, "agenda"),
)
KINDS: Final[Mapping[str, Kind]] = {kind.word: kind for kind in _LISTED}


class KindConverter:
    """The path converter `<kind:kind>`."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        """Give the kind of this word."""
        return KINDS[value]

    def to_url(self, value: "Kind | str") -> str:
        """Write the kind's word."""
        return value.word if isinstance(value, Kind) else value
