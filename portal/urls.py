"""The paths of the portal. Those of a country bear its code; `PORTAL_COUNTRIES` says which there are."""

from django.urls import URLPattern, URLResolver, path, register_converter

from portal import views
from portal.countries import Converter

register_converter(Converter, "country")

urlpatterns: list[URLPattern | URLResolver] = [
    path("activate", views.activate, name="activate"),
    path("activate/new-code", views.new_code, name="activate_new_code"),
    path("receipts/", views.papers, name="receipts"),
    path("receipts/<str:public_id>/", views.paper, name="receipt"),
    path("pre/", views.first_country, name="portal"),
    path("pre/<country:country>/new/checkout", views.new_checkout, name="portal-new"),
    path("<country:country>/agreement", views.agreement, name="portal-agreement"),
    path("<country:country>/checkout", views.checkout, name="portal-checkout"),
    path("<country:country>/checkout/order-form", views.order_form, name="portal-order-form"),
    path("<country:country>/renew", views.renew, name="portal-renew"),
    path("success", views.success, name="portal-success"),
    path("success/receipt", views.receipt, name="portal-receipt"),
]
