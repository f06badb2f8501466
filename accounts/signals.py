"""What a higher room may listen to. All are sent with `send`: what a receiver raises ends what was being done.

`gate_closed`: organization (None for a guest), tier and feature that were asked for, request.
`way_up_wanted`: opens, a function that says whether an `accounts.tiers.Access` would do. Whoever sells answers with the
    `accounts.gates.WayUp` that opens it for the least, or None.
`members_changed`: organization; after somebody joined, left or got another role, inside the transaction, under the
    organization's lock. A receiver that calls Stripe does so on commit.
`details_changed`: organization; after its name, billing address or language changed, inside the transaction.
`organization_closing`: organization; before it is closed, outside any transaction, so a receiver may call Stripe to
    end what runs there, or refuse by raising an `accounts.errors.OrganizationError`.
"""

from django.dispatch import Signal

gate_closed = Signal()
way_up_wanted = Signal()
members_changed = Signal()
details_changed = Signal()
organization_closing = Signal()
