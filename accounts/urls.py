"""Sign-in and the account page."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
