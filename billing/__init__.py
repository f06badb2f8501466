"""What you pay: catalogue, customers, subscriptions, the access decision, webhooks, the mirror of Stripe."""
