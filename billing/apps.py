"""The app's configuration: refuses dangerous settings, registers checks, handlers and the deadline."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from billing import checks

        # A web server does not run Django's checks, and these must not wait for somebody to do it.
        for problem in checks.keys(None):
            if problem.is_serious():
                raise ImproperlyConfigured(f"{problem.msg} {problem.hint}")
