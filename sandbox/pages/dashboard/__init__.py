"""The dashboard at /dashboard: the page that one keeps open beside the product. Paths are those of Stripe's own.

frame.py is around every page; kinds.py says what there is, verbs.py what can be done with it, actions.py how that is
asked for; the others are one page each.
"""

from sandbox.pages.dashboard import clock, deliveries, faults, home, lists, objects

__all__ = ["clock", "deliveries", "faults", "home", "lists", "objects"]
