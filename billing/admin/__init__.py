"""The admin of billing: rows that mirror Stripe are read-only; the inbox can be replayed, gifts can be given, and an
organization has one page with everything at a glance."""

from billing.admin import copies, gifts, payers, reconciliations, rows, wares

__all__ = ["copies", "gifts", "payers", "reconciliations", "rows", "wares"]
