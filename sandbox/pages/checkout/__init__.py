"""The Checkout page, hosted at /c/pay/ and embedded at /embedded/pay/. What it does is in sandbox/objects/checkout.

till.py finds the session, summary.py and form.py are the page's two halves, counter.py takes what was sent.
"""

from sandbox.pages.checkout import counter

__all__ = ["counter"]
