"""The endpoints under /api/stripe/: one's own subscription, as JSON."""
