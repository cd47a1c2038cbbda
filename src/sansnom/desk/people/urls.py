"""Addresses of persons: random references only, never a name, a date or what was looked for."""

from django.urls import path

from sansnom.desk.people import person_page

app_name = "people"
urlpatterns = [
    path("people/<uuid:reference>/", person_page.page, name="person"),
]
