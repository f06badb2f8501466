"""The app's configuration: registers handlers, checks of reconciliation, and one of the settings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Annual plans")

    def ready(self) -> None:
        from billing.reconcile import checks as reconciliation
        from portal import checks, reconcile, refunds, webhooks  # noqa: F401  (importing registers them)

        reconciliation.register(*reconcile.checks())
