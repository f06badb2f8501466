"""The paths of billing. The webhook's never redirect, so each is spelled with and without its slash."""

from django.urls import URLPattern, URLResolver, path

from billing import views
from billing.api import urls as api
from billing.webhooks import PATHS
from billing.webhooks.receive import receive

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(webhook + slash, receive) for webhook in PATHS for slash in ("/", "")),
    path("pricing/", views.pricing, name="pricing"),
    path("subscribe/<str:plan>/<str:interval>/", views.subscribe, name="subscribe"),
    path("subscribe/done/", views.subscribed, name="subscribed"),
    path("subscribe/checked-out/", views.checked_out, name="checked-out"),
    path("billing/", views.billing, name="billing"),
    path("billing/machines/", views.machines, name="billing-machines"),
    path("billing/change/<str:plan>/<str:interval>/", views.change, name="billing-change"),
    path("billing/take-back/", views.take_back, name="billing-take-back"),
    path("billing/confirm/", views.confirm, name="billing-confirm"),
    path("billing/cancel/", views.cancel, name="billing-cancel"),
    path("billing/resume/", views.resume, name="billing-resume"),
    path("billing/card/", views.card, name="billing-card"),
    path("billing/check/", views.check, name="billing-check"),
    *api.paths,
]
