"""Numbers as Chinese readers know them from prices, in groups of three; Django's own format has none."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
