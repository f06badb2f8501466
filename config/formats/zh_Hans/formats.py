"""How Chinese readers expect numbers: in groups of three, as in prices, not of four as Django has them."""

NUMBER_GROUPING = 3
