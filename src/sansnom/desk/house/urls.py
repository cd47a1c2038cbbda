"""The addresses of the desk. Each app has its own list and namespace; no address carries a name."""

from django.urls import URLPattern, URLResolver, include, path

from sansnom.desk.house import views

app_name = "house"
handler400 = "sansnom.desk.house.errors.bad_request"
handler403 = "sansnom.desk.house.errors.forbidden"
handler404 = "sansnom.desk.house.errors.not_found"
handler500 = "sansnom.desk.house.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((views.urlpatterns, "house"))),
    path("", include("sansnom.desk.accounts.urls")),
]
