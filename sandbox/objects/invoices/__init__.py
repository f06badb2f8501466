"""Invoices: lines and totals, from draft to paid. https://docs.stripe.com/api/invoices

Who makes an invoice calls `drafts.make`, then `finalize.finalize` and `collect.begin`, or `drafts.plan_finalization`
to leave that to time. Who wants to know how it ends registers with `outcomes`.
"""
