"""Addresses of rights and registers."""

from django.urls import URLPattern, path

from sansnom.desk.rights import registers, views

app_name = "rights"
urlpatterns: list[URLPattern] = [
    path("rights/of/<uuid:reference>/", views.their_file, name="their_file"),
    path("rights/of/<uuid:reference>/whole/", views.whole_page, name="whole_page"),
    path("rights/of/<uuid:reference>/whole/pdf/", views.whole_paper, name="whole_paper"),
    path("rights/of/<uuid:reference>/whole/json/", views.whole_structure, name="whole_structure"),
    path("rights/of/<uuid:reference>/request/", views.new_request, name="new_request"),
    path("rights/of/<uuid:reference>/erase/", views.erase_page, name="erase"),
    path("rights/of/<uuid:reference>/keep/", registers.keep, name="keep"),
    path("rights/requests/", registers.requests_page, name="requests"),
    path("rights/requests/<int:number>/", views.decide, name="decide"),
    path("rights/review/", registers.review, name="review"),
    path("rights/retention/", registers.retention, name="retention"),
    path("rights/destructions/", registers.destructions, name="destructions"),
    path("rights/destructions/<int:number>/", registers.destruction, name="destruction"),
    path("rights/destructions/<int:number>/backups/", registers.fresh_backups, name="fresh_backups"),
    path("rights/incidents/", registers.incidents, name="incidents"),
    path("rights/incidents/new/", registers.incident, name="new_incident"),
    path("rights/incidents/<int:number>/", registers.incident, name="incident"),
    path("rights/assessment/", registers.assessment, name="assessment"),
    path("rights/assessment/answers/", registers.assessment_answers, name="assessment_answers"),
]
