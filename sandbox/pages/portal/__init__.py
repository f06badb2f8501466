"""The customer portal at /p/session/: what customers manage by themselves, as far as its configuration lets them.

visit.py opens a session; the others are one page each.
"""

from sandbox.pages.portal import cards, details, home, plans, subscriptions

__all__ = ["cards", "details", "home", "plans", "subscriptions"]
