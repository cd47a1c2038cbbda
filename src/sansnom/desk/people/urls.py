"""Addresses of persons: random references only, never a name, a date or what was looked for."""

from django.urls import path

from sansnom.desk.people import editing, finding, person_page, starting, together

app_name = "people"
urlpatterns = [
    path("people/", finding.find, name="find"),
    path("people/list/", finding.everybody, name="everybody"),
    path("people/new/", starting.new, name="new"),
    path("people/new/like/", starting.like, name="like"),
    path("people/unnamed/", starting.unnamed, name="unnamed"),
    path("people/duplicates/", together.duplicates, name="duplicates"),
    path("people/duplicates/look/", together.look_again, name="look_again"),
    path("people/links/<int:number>/undo/", together.undo_link, name="undo_link"),
    path("people/<uuid:reference>/", person_page.page, name="person"),
    path("people/<uuid:reference>/names/", editing.names, name="names"),
    path("people/<uuid:reference>/facts/", editing.facts, name="facts"),
    path("people/<uuid:reference>/history/", editing.history, name="history"),
    path("people/<uuid:reference>/undo-opening/", starting.undo_opening, name="undo_opening"),
    path("people/<uuid:reference>/household/", together.household, name="household"),
    path("people/<uuid:reference>/household/join/", together.join, name="join_household"),
    path("people/<uuid:reference>/household/leave/", together.leave, name="leave_household"),
    path("people/<uuid:reference>/link/", together.link, name="link"),
    path("people/<uuid:reference>/link/decide/", together.decide, name="decide"),
]
