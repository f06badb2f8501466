"""Subscription schedules: what a subscription will become, phase by phase; a downgrade at the period's end.

https://docs.stripe.com/billing/subscriptions/subscription-schedules
"""
