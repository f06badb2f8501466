"""Letting staff know: in the log, and as a row that stays until somebody has seen it."""

from typing import Any

import structlog

from cart.models import Alarm, Order

logger = structlog.get_logger(__name__)


def ring(kind: Alarm.Kind, about: str, order: Order | None, **details: Any) -> None:
    """Once for each kind and what it is `about`, an id of Stripe's."""
    _alarm, new = Alarm.objects.get_or_create(
        fact=f"{kind.value}:{about}", defaults={"kind": kind, "order": order, "details": details}
    )
    if new:
        logger.error("shop alarm", kind=kind.value, about=about, order=str(order.uuid) if order else None)


def rang(kind: Alarm.Kind, about: str) -> bool:
    """Whether staff were told of this."""
    return Alarm.objects.filter(fact=f"{kind.value}:{about}").exists()
