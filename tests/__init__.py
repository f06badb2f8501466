"""Tests of the whole product: what holds whatever happens, in whatever order, and whoever dies meanwhile."""
