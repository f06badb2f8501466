"""Keys, modes, secrets, the namespace: what the system checks say, and what they cannot know."""

from collections.abc import Iterator

from django.conf import settings

from billing import checks
from billing.doctor.symptoms import Symptom


def examine() -> Iterator[Symptom]:
    for problem in (*checks.keys(None), *checks.webhooks(None), *checks.deployment(None)):
        yield Symptom(problem.msg, problem.hint or "")
    if len(settings.STRIPE_WEBHOOK_SECRETS) > 2:
        yield Symptom(
            f"STRIPE_WEBHOOK_SECRET holds {len(settings.STRIPE_WEBHOOK_SECRETS)} secrets.",
            "While one is being rolled there are two; take the old ones away.",
        )
