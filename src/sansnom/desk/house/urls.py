"""The addresses of the desk. Each app has its own list and namespace; no address carries a name.

An app is found by its `urls.py` (`app_name`, `urlpatterns`); its paths begin with the app's own word.
"""

from django.urls import URLPattern, URLResolver, include, path

from sansnom.desk.house import views
from sansnom.desk.house.places import apps_with

handler400 = "sansnom.desk.house.errors.bad_request"
handler403 = "sansnom.desk.house.errors.forbidden"
handler404 = "sansnom.desk.house.errors.not_found"
handler500 = "sansnom.desk.house.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((views.urlpatterns, "house"))),
    *(path("", include(f"{app}.urls")) for app in apps_with("urls") if app != "sansnom.desk.house"),
]
