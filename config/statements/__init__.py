"""Statements of the paths that most requests take, put together once and not for each request.

Django's queries say what is meant, but to compile one takes longer than to run it. Here it is compiled once for each
thread, and run with other values; what it means still stands where it is made. PostgreSQL, too, plans each of them once
for each connection, and gets several of them at once.
"""

from config.statements.queries import Prepared
from config.statements.rows import update, upsert
from config.statements.sending import run, send, together

__all__ = ["Prepared", "run", "send", "together", "update", "upsert"]
