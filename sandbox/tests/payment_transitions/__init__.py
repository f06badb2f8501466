"""The tables of payment intents, setup intents, refunds and disputes. Amounts are in cents, of a payment of 2000."""

from sandbox.tests.payment_transitions.disputes import DISPUTED
from sandbox.tests.payment_transitions.payments import PAYMENT_INTENTS
from sandbox.tests.payment_transitions.refunds import REFUNDED
from sandbox.tests.payment_transitions.setups import SETUP_INTENTS

__all__ = ["DISPUTED", "PAYMENT_INTENTS", "REFUNDED", "SETUP_INTENTS"]
