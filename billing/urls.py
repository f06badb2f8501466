"""The paths of billing. The webhook's never redirect, so each is spelled with and without its slash."""

from django.urls import URLPattern, URLResolver, path

from billing import views
from billing.api import views as api
from billing.webhooks.receive import receive

WEBHOOKS = ("api/stripe-webhooks", "integrations/stripe/webhooks", "stripe-webhook")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(webhook + slash, receive) for webhook in WEBHOOKS for slash in ("/", "")),
    path("pricing/", views.pricing, name="pricing"),
    path("subscribe/<str:plan>/<str:interval>/", views.subscribe, name="subscribe"),
    path("subscribe/done/", views.subscribed, name="subscribed"),
    path("billing/", views.billing, name="billing"),
    path("billing/cancel/", views.cancel, name="billing-cancel"),
    path("billing/resume/", views.resume, name="billing-resume"),
    path("billing/card/", views.card, name="billing-card"),
    path("billing/check/", views.check, name="billing-check"),
    path("billing/recheck/", views.recheck, name="billing-recheck"),
    path("api/stripe/subscription/", api.Subscription.as_view(), name="api-subscription"),
    path("api/stripe/create-subscription/", api.CreateSubscription.as_view(), name="api-create-subscription"),
    path("api/stripe/cancel-subscription/", api.CancelSubscription.as_view(), name="api-cancel-subscription"),
    path("api/stripe/resume-subscription/", api.ResumeSubscription.as_view(), name="api-resume-subscription"),
    path("api/stripe/sync-subscription/", api.SyncSubscription.as_view(), name="api-sync-subscription"),
]
