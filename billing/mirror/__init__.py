"""The mirror of Stripe in our rows, and the only writer of them. Never the other way round.

    mirror.record(mirror.of_answer(answer), organization.pk)    # after a call that changed something
    mirror.pull("subscription", "sub_...")                      # to be sure

How it stays right in any order stands in `order`; each kind of object has its place in one of the other modules.
"""

from billing.mirror import customers, invoices, kinds, payments, products, schedules, subscriptions
from billing.mirror.hearing import Heard, ask, hear, pull, record, sequence_of
from billing.mirror.order import Verdict
from billing.mirror.statements import Statement, of_answer

kinds.register(
    products.PRODUCT,
    products.PRICE,
    products.CONFIGURATION,
    customers.CUSTOMER,
    customers.PAYMENT_METHOD,
    subscriptions.SUBSCRIPTION,
    schedules.SCHEDULE,
    invoices.INVOICE,
    payments.PAYMENT_INTENT,
    payments.CHARGE,
    payments.REFUND,
    payments.DISPUTE,
    payments.SESSION,
)

__all__ = ["Heard", "Statement", "Verdict", "ask", "hear", "of_answer", "pull", "record", "sequence_of"]
