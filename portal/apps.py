"""The app's configuration: registers handlers, checks of reconciliation and of settings; hears who has paid."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Annual plans")

    def ready(self) -> None:
        from billing import signals
        from billing.reconcile import checks as reconciliation
        from portal import checkout, checks, reconcile, refunds, webhooks  # noqa: F401  (importing registers them)

        signals.checked_out.connect(checkout.came_through)
        reconciliation.register(*reconcile.checks())
