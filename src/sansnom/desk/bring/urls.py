"""Addresses of imports and of the export: random references only."""

from django.urls import path

from sansnom.desk.bring import exporting, mapping, one_person, results

app_name = "bring"
urlpatterns = [
    path("bring/", mapping.start, name="start"),
    path("bring/person/", one_person.person_copy, name="person"),
    path("bring/person/<uuid:reference>/<int:acts>/undo/", one_person.undo_person, name="undo_person"),
    path("bring/<uuid:reference>/columns/", mapping.columns, name="columns"),
    path("bring/<uuid:reference>/give-up/", mapping.give_up, name="give_up"),
    path("bring/<uuid:reference>/", results.result, name="result"),
    path("bring/<uuid:reference>/progress/", results.progress, name="progress"),
    path("bring/<uuid:reference>/left.csv", results.left_rows, name="left"),
    path("bring/<uuid:reference>/undo/", results.take_back_all, name="undo"),
    path("bring/everything/", exporting.export, name="export"),
    path("bring/everything/archive/", exporting.archive, name="archive"),
    path("bring/everything/back/", exporting.back, name="back"),
    path("bring/everything/workbook/", exporting.workbook, name="workbook"),
]
