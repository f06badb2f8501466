"""`manage.py stripe_doctor`: what is wrong with billing, and the cure for each.

Exit code 0: nothing; 1: something is; 2: there is no key, or Stripe refuses it; 3: Stripe cannot be reached.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing import doctor, errors, gateway
from billing.doctor import Symptom


class Command(BaseCommand):
    help = "Says what is wrong with billing, and how to cure it."
    requires_system_checks = ()  # it says itself what they would

    def handle(self, *args: Any, **options: Any) -> None:
        if not gateway.client.is_on():
            raise CommandError("Billing is off: STRIPE_SECRET_KEY is empty.", returncode=2)
        mode = "live mode" if settings.STRIPE_LIVE_MODE else "test mode"
        self.stdout.write(f"{settings.STRIPE_API_BASE}, {mode}, API {settings.STRIPE_API_VERSION}")
        found = self.examine()
        if found:
            raise CommandError(f"{len(found)} to mend.", returncode=1)
        self.stdout.write("All is well.")

    def examine(self) -> list[Symptom]:
        found = []
        try:
            for symptom in doctor.examine():
                found.append(symptom)
                self.stdout.write(f"\n- {symptom.problem}\n  Cure: {symptom.cure}")
        except errors.Misconfigured as error:
            raise CommandError(
                "Stripe refuses our key. Copy STRIPE_SECRET_KEY anew from Stripe's dashboard.", returncode=2
            ) from error
        except errors.Unavailable as error:
            raise CommandError("Stripe cannot be reached.", returncode=3) from error
        return found
