"""The paths of the endpoints. Those below /api/stripe/ are older names of the same."""

from django.urls import URLPattern, path

from billing.api import checkout, invoices, items, payment_methods, plans, portal, previews, subscription

READS, BUYS = ["get", "head", "options"], ["post", "options"]

paths: list[URLPattern] = [
    path("api/billing/subscription/", subscription.Subscription.as_view(), name="api-billing-subscription"),
    path("api/billing/subscription/cancel/", subscription.Cancel.as_view(), name="api-billing-cancel"),
    path("api/billing/subscription/resume/", subscription.Resume.as_view(), name="api-billing-resume"),
    path("api/billing/subscription/sync/", subscription.Sync.as_view(), name="api-billing-sync"),
    path(
        "api/billing/subscription/take-back/", subscription.TakeBack.as_view(), name="api-billing-take-back"
    ),
    path("api/billing/plans/", plans.Plans.as_view(), name="api-billing-plans"),
    path("api/billing/preview/", previews.PreviewOfPlan.as_view(), name="api-billing-preview"),
    path("api/billing/items/", items.Items.as_view(), name="api-billing-items"),
    path("api/billing/items/preview/", previews.PreviewOfItems.as_view(), name="api-billing-items-preview"),
    path("api/billing/invoices/", invoices.Invoices.as_view(), name="api-billing-invoices"),
    path(
        "api/billing/payment-methods/",
        payment_methods.PaymentMethods.as_view(),
        name="api-billing-payment-methods",
    ),
    path(
        "api/billing/payment-methods/<str:payment_method>/",
        payment_methods.PaymentMethod.as_view(),
        name="api-billing-payment-method",
    ),
    path(
        "api/billing/payment-methods/<str:payment_method>/default/",
        payment_methods.Default.as_view(),
        name="api-billing-payment-method-default",
    ),
    path("api/billing/checkout/", checkout.Checkout.as_view(), name="api-billing-checkout"),
    path("api/billing/portal/", portal.Portal.as_view(), name="api-billing-portal"),
    path(
        "api/billing/status/",
        subscription.Subscription.as_view(http_method_names=READS),
        name="api-billing-status",
    ),
    path(
        "api/stripe/subscription/",
        subscription.Subscription.as_view(http_method_names=READS),
        name="api-subscription",
    ),
    path(
        "api/stripe/create-subscription/",
        subscription.Subscription.as_view(http_method_names=BUYS),
        name="api-create-subscription",
    ),
    path("api/stripe/cancel-subscription/", subscription.Cancel.as_view(), name="api-cancel-subscription"),
    path("api/stripe/resume-subscription/", subscription.Resume.as_view(), name="api-resume-subscription"),
    path("api/stripe/sync-subscription/", subscription.Sync.as_view(), name="api-sync-subscription"),
]
