"""Stripe's API v2, as far as event destinations and their events need it. Stripe publishes no shapes of it.

answering.py takes a call, destinations.py and events.py do what it asks.
"""

from sandbox.v2 import destinations, events

__all__ = ["destinations", "events"]
