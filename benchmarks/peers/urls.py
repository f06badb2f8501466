"""Where the peers listen."""

from django.urls import include, path

from benchmarks.peers import views

urlpatterns = [
    path("nothing/", views.nothing),
    path("store/", views.store),
    path("apply/", views.apply),
    path("djstripe/", include("djstripe.urls", namespace="djstripe")),
]
