"""What a higher room may listen to. All are sent with `send`: what a receiver raises ends what was being done.

`pages_closing`: organization; before something is sold to it, and before it is closed, outside any transaction: whoever
    opened a page of Stripe's on which it could pay for something else closes that, and mirrors what was paid there.
"""

from django.dispatch import Signal

pages_closing = Signal()
