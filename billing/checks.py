"""What is wrong with the configuration, said at start: `manage.py check` lists it, each with its cure.

Errors stop the product from starting: a configuration that could charge real money by mistake must not run.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

SECRET_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9]{24,}")
ENDS = ("keep", "period_end", "now")
NAMESPACE = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")


NOT_A_KEY = Error(
    "STRIPE_SECRET_KEY is not a secret key of Stripe's.",
    hint="It begins with sk_test_, sk_live_, rk_test_ or rk_live_; copy it from Stripe's dashboard.",
    id="billing.E001",
)
LIVE_WITH_DEBUG = Error(
    "A live key of Stripe's is set while DEBUG is on.",
    hint="Set DEBUG=false, or use a test key.",
    id="billing.E002",
)
LIVE_WITH_SANDBOX = Error(
    "A live key of Stripe's is set together with STRIPE_SANDBOX_URL.",
    hint="Take one of them away; the local Stripe must never see a live key.",
    id="billing.E003",
)
TWO_MODES = Error(
    "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes.",
    hint="Both must be live keys, or both test keys, of the same account.",
    id="billing.E004",
)
SECRET_IN_PUBLIC = Error(
    "STRIPE_PUBLISHABLE_KEY is not a publishable key; pages would show it to everybody.",
    hint="It begins with pk_. If a secret key stood there while the site was open, roll it in Stripe's dashboard.",
    id="billing.E008",
)
NOT_PUBLISHABLE = checks.Warning(
    "STRIPE_PUBLISHABLE_KEY is empty: the card form cannot be shown.",
    hint="Copy the key that begins with pk_ from Stripe's dashboard.",
    id="billing.W001",
)


@register(Tags.security)
def keys(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Stripe's keys: of the right form, of one mode, and live ones never with DEBUG or the local Stripe."""
    secret, publishable, live = (
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_PUBLISHABLE_KEY,
        settings.STRIPE_LIVE_MODE,
    )
    if not secret:
        return []
    complaints = [
        (NOT_A_KEY, not SECRET_KEY.fullmatch(secret)),
        (LIVE_WITH_DEBUG, live and settings.DEBUG),
        (LIVE_WITH_SANDBOX, live and settings.STRIPE_SANDBOX_URL),
        (TWO_MODES, publishable and ("_live_" in publishable) != live),
        (SECRET_IN_PUBLIC, publishable and not publishable.startswith("pk_")),
        (NOT_PUBLISHABLE, not publishable),
    ]
    return [message for message, holds in complaints if holds]


@register(Tags.security)
def webhooks(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without a secret no event can be trusted, so none is accepted."""
    secrets = settings.STRIPE_WEBHOOK_SECRETS
    found: list[CheckMessage] = []
    if settings.STRIPE_SECRET_KEY and not secrets:
        found.append(
            checks.Warning(
                "STRIPE_WEBHOOK_SECRET is empty: every event is refused.",
                hint="`stripe listen` prints one; for a deployed endpoint it stands in Stripe's dashboard.",
                id="billing.W002",
            )
        )
    if any(not secret.startswith("whsec_") for secret in secrets):
        found.append(
            Error(
                "STRIPE_WEBHOOK_SECRET holds something that is not a signing secret.",
                hint="Each one begins with whsec_; several are separated by commas.",
                id="billing.E005",
            )
        )
    return found


@register
def reversals(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """What refunds and disputes end must be one of three words."""
    names = ("BILLING_ON_PARTIAL_REFUND", "BILLING_ON_REFUND", "BILLING_ON_DISPUTE")
    return [
        Error(f"{name} is not a word that it may be.", hint="keep, period_end or now.", id="billing.E007")
        for name in names
        if getattr(settings, name) not in ENDS
    ]


@register
def deployment(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """The namespace, which stands in Stripe's metadata and lookup keys, and the local Stripe outside development."""
    found: list[CheckMessage] = []
    if not NAMESPACE.fullmatch(settings.STRIPE_NAMESPACE):
        found.append(
            Error(
                "STRIPE_NAMESPACE is not a usable name.",
                hint="Lower-case letters, digits, - and _; at most 24; beginning with a letter or digit.",
                id="billing.E006",
            )
        )
    if settings.STRIPE_SANDBOX_URL and not settings.DEBUG:
        found.append(
            checks.Warning(
                "The local Stripe is used while DEBUG is off: nobody is charged anything.",
                hint="Take STRIPE_SANDBOX_URL away and set Stripe's keys.",
                id="billing.W003",
            )
        )
    if settings.STRIPE_SANDBOX_URL and not settings.STRIPE_SECRET_KEY:
        found.append(
            checks.Warning(
                "STRIPE_SANDBOX_URL is set without a key: billing is off all the same.",
                hint="Set STRIPE_SECRET_KEY to any key that begins with sk_test_, or take STRIPE_SANDBOX_URL away.",
                id="billing.W004",
            )
        )
    if settings.STRIPE_LIVE_MODE and not settings.BASE_URL.startswith("https://"):
        found.append(
            Error(
                "A live key of Stripe's is set while BASE_URL is not https.",
                hint="Stripe delivers live events, and takes cards, over https only.",
                id="billing.E009",
            )
        )
    return found
