"""Gifts: they hold at once, end by themselves, can be taken back, and stay on record."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization
from accounts.tiers import Reason, Tier
from billing import grants
from billing.models import Grant

pytestmark = pytest.mark.django_db


def access(organization: Organization) -> tuple[Tier, str]:
    found = Organization.objects.get(pk=organization.pk).current_access()
    return found.tier, found.reason


def test_a_gift_holds_at_once_until_its_end(stripe_sandbox, delta):
    grants.give(delta, Tier.BUSINESS, until=timezone.now() + timedelta(days=2), why="conference")
    assert access(delta) == (Tier.BUSINESS, Reason.GRANT)
    stripe_sandbox.advance(days=2)
    assert access(delta)[0] == Tier.FREE


def test_a_gift_that_is_taken_back_is_over_and_stays_on_record(delta):
    grant = grants.give(delta, Tier.STARTER, until=None, why="friend")
    grants.withdraw(grant)
    assert access(delta)[0] == Tier.FREE
    assert Grant.objects.get().withdrawn
    first = Grant.objects.get().withdrawn
    grants.withdraw(grant)
    assert Grant.objects.get().withdrawn == first


def test_below_a_gift_the_subscription_stays_what_it_is(subscribed, delta, stripe_sandbox):
    grants.give(delta, Tier.BUSINESS, until=timezone.now() + timedelta(days=2), why="to try")
    assert access(delta)[0] == Tier.BUSINESS
    stripe_sandbox.advance(days=2)
    assert access(delta) == (Tier.PREMIUM, Reason.SUBSCRIPTION)


def test_a_smaller_gift_takes_nothing_away(subscribed, delta):
    grants.give(delta, Tier.STARTER, until=None, why="mistake")
    assert access(delta) == (Tier.PREMIUM, Reason.SUBSCRIPTION)
