"""The paths of billing. The webhook's never redirect, so each is spelled with and without its slash."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
