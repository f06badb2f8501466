"""What is wrong with billing in this deployment, each with its cure: configuration, Stripe's side, our rows."""

from collections.abc import Iterator

from billing import gateway
from billing.doctor import at_stripe, configuration, here
from billing.doctor.symptoms import Symptom

__all__ = ["Symptom", "examine"]


def examine() -> Iterator[Symptom]:
    """Everything that is wrong. Raises `errors.Misconfigured` when the key is refused, `errors.Unavailable`."""
    yield from configuration.examine()
    yield from here.examine()
    if gateway.client.is_on():
        yield from at_stripe.examine()
