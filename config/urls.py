"""The root of all URLs. Every app keeps its own paths; here stands only which apps there are."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from config import api_pages, health

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("terms/", TemplateView.as_view(template_name="legal/terms.html"), name="terms"),
    path("privacy/", TemplateView.as_view(template_name="legal/privacy.html"), name="privacy"),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/schema/", api_pages.schema, name="api-schema"),
    path("api/docs/", api_pages.docs, name="api-docs"),
    path("api/docs/errors/", api_pages.errors, name="api-errors"),
    path("", include("accounts.urls")),
    path("", include("filings.urls")),
    *(path("", include(f"{app}.urls")) for app in settings.PAYING_APPS if apps.is_installed(app)),
]

handler404 = "config.api.not_found"
handler500 = "config.api.server_error"
