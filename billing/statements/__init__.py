"""Statements of the path that every event takes, put together once and not for each event.

Django's queries say what is meant, but to compile one takes longer than to run it. Here it is compiled once for each
thread, and run with other values; what it means still stands where it is made. PostgreSQL, too, plans each of them once
for each connection, and gets several of them at once.
"""

from billing.statements.queries import Prepared
from billing.statements.rows import update, upsert
from billing.statements.sending import run, together

__all__ = ["Prepared", "run", "together", "update", "upsert"]
