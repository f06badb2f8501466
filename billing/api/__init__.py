"""The endpoints under /api/billing/, as JSON: what is on sale, what one has, and everything that one does about it."""
