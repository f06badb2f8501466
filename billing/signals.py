"""What a higher room may listen to. All are sent with `send`: what a receiver raises ends what was being done.

`checked_out`: guards, the session's first, then those of the subscription and the invoice that it made, if any; outside
    any transaction. Stripe was asked what became of a page for payment, and it is mirrored: what its events will mean
    to a room can be done now.
"""

from django.dispatch import Signal

checked_out = Signal()
