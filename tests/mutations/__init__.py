"""Tests of the tests: take out one thing that the guarantees stand on, in a copy, and see that its tests fail.

python -m tests.mutations ["the sequence guard" ...]
"""

from tests.mutations import door, events, keys, money, ourselves, stripe

MUTATIONS = {
    one.without: one for module in (events, door, keys, ourselves, stripe, money) for one in module.MUTATIONS
}
