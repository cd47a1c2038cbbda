"""Addresses of reports: random references and places of cells, never what a cell is about."""

from django.urls import path

from sansnom.desk.own_report import giving_out, pages

app_name = "own_report"
urlpatterns = [
    path("report/", pages.start, name="start"),
    path("report/<uuid:reference>/", pages.report, name="report"),
    path("report/<uuid:reference>/figure/<int:table>/<int:cell>/", pages.figure, name="figure"),
    path("report/<uuid:reference>/issue/", giving_out.give_out, name="issue"),
    path("report/<uuid:reference>/correct/", giving_out.correct, name="correct"),
    path("report/<uuid:reference>/form/", giving_out.form_grid, name="grid"),
    path("report/<uuid:reference>/report.csv", giving_out.as_csv, name="csv"),
    path("report/<uuid:reference>/report.xlsx", giving_out.as_xlsx, name="xlsx"),
]
