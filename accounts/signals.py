"""What a higher room may listen to. All are sent with `send`, after the facts are in the database.

`gate_closed`: organization (None for a guest), tier and feature that were asked for, request.
`members_changed`: organization, inside the transaction that changed them.
`organization_closing`: organization, before it is deleted.
"""

from django.dispatch import Signal

gate_closed = Signal()
members_changed = Signal()
organization_closing = Signal()
