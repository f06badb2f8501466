"""Who you are and what you may use: users, organizations, tiers and gates. Knows nothing of Stripe."""
