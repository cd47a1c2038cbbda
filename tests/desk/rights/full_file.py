"""A person with something in every table, so that a copy can be shown to forget nothing."""

from datetime import UTC, date, datetime

from sansnom.desk.agreement.models import Agreement, JointStatisticsChoice, Notice, Withdrawal
from sansnom.desk.people.models import Correction, SpokenLanguage
from sansnom.desk.people.naming import Name, call_person
from sansnom.desk.rights.models import Kept, Request
from sansnom.desk.work import models as work
from sansnom.desk.work.notes import amend_note, write_note
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes

DAY = date(2026, 2, 3)
NAMES = ("Zulfiya Plantée-Öz", "Зульфия", "ذوالفية المزروعة", "王小明", "அமுதா")
GOAL = "Ouvrir une boulangerie au coin de la rue Planted-Goal"
NOTE = "Planted-Note : elle a parlé de son frère, resté là-bas"
PHONE = "514 555-0199"


def full(desk: Desk) -> House:
    """Fill Awa's file in the open programme, with one act in the shelter that Dahlia must not see."""
    house = two_programmes(desk)
    house.shelter.name_fr = house.shelter.name_en = "Planted-Refuge"
    house.shelter.save()
    awa, open_, by = house.awa, house.open, desk.counsellor
    open_.members.add(desk.counsellor)
    call_person(awa, [Name(name) for name in NAMES])
    awa.phone, awa.needs_interpreter, awa.sex = PHONE, True, "F"
    awa.save()
    SpokenLanguage.objects.create(person=awa, language="fa")
    mine = {"person": awa, "programme": open_}
    work.Service.objects.create(**mine, service="orientation", starts_on=DAY, minutes=45, mode="place", staff=by)
    work.Need.objects.create(**mine, service="housing", opened_on=DAY)
    work.Referral.objects.create(**mine, service="housing", to_name="Clinique juridique", sent_on=DAY, accepted=True)
    work.Assessment.objects.create(**mine, scale="EQ", skill="speaking", level=4, assessed_on=DAY)
    work.EmploymentObservation.objects.create(**mine, observed_on=DAY, status="full_time")
    work.EducationObservation.objects.create(**mine, observed_on=DAY, status="not_studying")
    work.Goal.objects.create(**mine, words=GOAL, set_on=DAY, rating_start=2)
    work.WaitingEntry.objects.create(person=awa, programme=open_, service="french_course", joined_on=DAY)
    work.Appointment.objects.create(**mine, starts_at=datetime(2026, 3, 1, 15, tzinfo=UTC), staff=by)
    work.FollowUp.objects.create(**mine, due_on=DAY, words="Rappeler la clinique", staff=by)
    work.Assignment.objects.create(**mine, staff=by, from_on=DAY)
    amend_note(by, write_note(by, awa, open_, NOTE, DAY), NOTE + " (suite)", 1)
    notice = Notice.objects.create(language="fr", version="essai-1", text="…")
    told = Agreement.objects.create(person=awa, notice=notice, told_on=DAY, told_by=by, language="fr")
    Withdrawal.objects.create(agreement=told, withdrawn_on=DAY)
    JointStatisticsChoice.objects.create(person=awa, takes_part=False, recorded_by=by)
    Correction.objects.create(person=awa, field="phone", before="1", after=PHONE, corrected_by=by)
    Request.objects.create(person=awa, asked_for="copy", asked_on=DAY, received_by=by)
    Kept.objects.create(person=awa, until_on=date(2030, 1, 1), reason="procès en cours", decided_by=by)
    work.Enrolment.objects.create(person=awa, programme=house.shelter, opened_on=DAY)
    work.Goal.objects.create(person=awa, programme=house.shelter, words="Planted-Shelter", set_on=DAY)
    return house
