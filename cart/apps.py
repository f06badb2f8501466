"""The app's configuration: registers what reacts to events and sign-ins, and what is compared with Stripe."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CartConfig(AppConfig):
    name = "cart"
    verbose_name = _("Shop")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from billing.reconcile import register
        from cart import merging, reconcile, webhooks  # noqa: F401  (importing registers its handlers)

        user_logged_in.connect(merging.signed_in)
        register(*reconcile.checks())
