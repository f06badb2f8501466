"""The app's configuration: refuses dangerous settings, registers checks, handlers and the deadline."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")
