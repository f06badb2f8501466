"""One-off purchases: what is on sale, the cart, and the orders that are paid."""
