"""Subscriptions: what a customer pays for again and again. https://docs.stripe.com/api/subscriptions

For other objects: `create.begin` makes one from the parameters of the API, `create.first_intent` is what its first
invoice is paid with; `cancel.now` ends one.
"""
