"""Addresses of agreement: random references and numbers of rows only."""

from django.urls import path

from sansnom.desk.agreement import views

app_name = "agreement"
urlpatterns = [
    path("agreement/notices/", views.notices, name="notices"),
    path("agreement/notices/print/", views.blank, name="blank"),
    path("agreement/notices/<slug:kind>/<slug:language>/", views.wording, name="wording"),
    path("agreement/<uuid:reference>/tell/", views.tell, name="tell"),
    path("agreement/<uuid:reference>/print/", views.printed, name="printed"),
    path("agreement/<uuid:reference>/joint-statistics/", views.joint_statistics, name="joint_statistics"),
    path("agreement/<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path("agreement/<int:number>/undo-withdrawal/", views.undo_withdrawal, name="undo_withdrawal"),
]
