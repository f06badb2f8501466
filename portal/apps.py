"""The app's configuration: registers handlers, checks of reconciliation, and one of the settings; closes its pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Annual plans")

    def ready(self) -> None:
        from billing import signals
        from billing.reconcile import checks as reconciliation
        from portal import checkout, checks, reconcile, refunds, webhooks  # noqa: F401  (importing registers them)

        signals.pages_closing.connect(checkout.close)
        reconciliation.register(*reconcile.checks())
