"""Annual plans, sold to organizations through hosted Checkout: tax, receipts, activation and renewal."""
