"""Addresses of the work: kinds of act, persons' random references, sealed numbers of rows; never a name or what was typed."""

from django.urls import path, register_converter

from sansnom.desk.work import acts, case_notes, caseload, parts, programmes, sessions, today, unmet
from sansnom.desk.work.addresses import RowConverter
from sansnom.desk.work.kinds import KINDS, KindConverter

register_converter(RowConverter, "row")
register_converter(KindConverter, "kind")

app_name = "work"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/quick/", today.quick, name="quick"),
    path("work/", today.doors, name="doors"),
    path("work/find/", today.find, name="find"),
    path("work/agenda/", today.agenda, name="agenda"),
    path("work/appointments/<row:number>/settle/", today.settle, name="settle"),
    path("work/appointments/<row:number>/again/", today.settle_back, name="settle_back"),
    path("work/follow-ups/<row:number>/done/", today.done, name="done"),
    path("work/put-back/<uuid:together>/", acts.back, name="put_back"),
    path("work/sessions/", sessions.listed, name="sessions"),
    path("work/sessions/new/", sessions.new, name="new_session"),
    path("work/sessions/<row:number>/", sessions.change, name="session"),
    path("work/sessions/<row:number>/remove/", sessions.take_away, name="remove_session"),
    path("work/waiting/", unmet.waiting, name="waiting"),
    path("work/waiting/new/", unmet.wait, name="wait"),
    path("work/waiting/<row:number>/leave/", unmet.leave_list, name="leave_list"),
    path("work/turned-away/", unmet.turned_away, name="turned_away"),
    path("work/turned-away/<slug:service>/", unmet.turn_away, name="turn_away"),
    path("work/turned-away/<row:first>/<row:last>/undo/", unmet.undo_turned_away, name="undo_turned_away"),
    path("work/turned-away/<row:number>/remove/", unmet.remove_turned_away, name="remove_turned_away"),
    path("work/caseload/", caseload.show, name="caseload"),
    path("work/caseload/transfer/", caseload.transfer, name="transfer"),
    path("work/caseload/transfers/<uuid:reference>/undo/", caseload.undo_transfer, name="undo_transfer"),
    path("work/programmes/", programmes.listed, name="programmes"),
    path("work/programmes/new/", programmes.new, name="new_programme"),
    path("work/programmes/<row:number>/", programmes.change, name="programme"),
    path("work/programmes/<row:number>/grants/new/", programmes.new_grant, name="new_grant"),
    path("work/grants/<row:number>/", programmes.change_grant, name="grant"),
    path("work/grants/<row:number>/remove/", programmes.remove_grant, name="remove_grant"),
    path("work/funders/", programmes.funders, name="funders"),
    path("work/funders/<row:number>/", programmes.funders, name="funder"),
    path("work/catalogue/", programmes.catalogue, name="catalogue"),
    path("work/hours/", programmes.hours, name="hours"),
    path("work/hours/<row:number>/remove/", programmes.remove_hours, name="remove_hours"),
    path("work/places/<row:number>/close/", caseload.close, name="close_place"),
    path("work/places/<row:number>/come-back/", caseload.come_back, name="come_back"),
    path("work/<uuid:reference>/enter/", caseload.enter, name="enter"),
    path("work/<uuid:reference>/note/", case_notes.new, name="new_note"),
    path("work/<uuid:reference>/notes/", parts.listed, {"section": "notes"}, name="notes"),
    path("work/<uuid:reference>/to-do/", parts.listed, {"section": "agenda"}, name="agenda_of"),
    path("work/<uuid:reference>/needs/", parts.listed, {"section": "needs"}, name="needs"),
    path("work/<uuid:reference>/progress/", parts.listed, {"section": "progress"}, name="progress"),
    path("work/<uuid:reference>/services/", acts.services, name="services"),
    path("work/<uuid:reference>/service/", acts.new, {"kind": KINDS["service"]}, name="new_service"),
    path("work/<uuid:reference>/appointment/", acts.new, {"kind": KINDS["appointment"]}, name="new_appointment"),
    path("work/<uuid:reference>/new/<kind:kind>/", acts.new, name="new"),
    path("work/notes/<row:number>/", case_notes.amend, name="note"),
    path("work/notes/<row:number>/versions/", case_notes.versions, name="note_versions"),
    path("work/acts/<kind:kind>/<row:number>/", acts.change, name="change"),
    path("work/acts/<kind:kind>/<row:number>/remove/", acts.take_away, name="take_away"),
]
