"""The app's configuration: refuses dangerous settings, registers checks, handlers and the deadline."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_finished, request_started
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from accounts import signals
        from billing import checks, closing, following, rechecks, ways_up
        from billing.gateway import deadline
        from billing.webhooks import handlers  # noqa: F401  (importing registers them)

        request_started.connect(deadline.start)
        request_finished.connect(deadline.clear)
        signals.organization_closing.connect(closing.end_subscriptions)
        signals.members_changed.connect(following.members_changed)
        signals.details_changed.connect(following.details_changed)
        signals.gate_closed.connect(rechecks.enqueue)
        signals.way_up_wanted.connect(ways_up.cheapest)
        # A web server does not run Django's checks, and these must not wait for somebody to do it.
        for problem in checks.keys(None):
            if problem.is_serious():
                raise ImproperlyConfigured(f"{problem.msg} {problem.hint}")
