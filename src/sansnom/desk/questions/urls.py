"""The addresses of questions. References are random; no address says what was decided."""

from django.urls import path

from sansnom.desk.questions import joining_views, views

app_name = "questions"
urlpatterns = [
    path("questions/", views.all_questions, name="all"),
    path("questions/look/", views.look_now, name="look"),
    path("questions/joining/", joining_views.join, name="join"),
    path("questions/joining/keys/", joining_views.make_keys, name="make_keys"),
    path("questions/joining/keys/replace/", joining_views.replace_keys, name="replace_keys"),
    path("questions/joining/public-keys/", joining_views.public_keys, name="public_keys"),
    path("questions/joining/board/", joining_views.set_board, name="set_board"),
    path("questions/joining/roster/", joining_views.roster, name="roster"),
    path("questions/joining/letter/", joining_views.letter, name="letter"),
    path("questions/progress/<slug:kind>/", views.progress, name="progress"),
    path("questions/<uuid:reference>/", views.question, name="question"),
    path("questions/<uuid:reference>/resume/", views.resume, name="resume"),
    path("questions/<uuid:reference>/forget/", views.forget, name="forget"),
    path("questions/<uuid:reference>/release/", views.release, name="release"),
]
