"""A change that the card or its bank did not pay at once: it waits, or what was stays."""

import pytest

from accounts.tiers import Tier
from billing import errors, subscriptions
from billing.models import Attempt, StripeInvoice
from billing.tests.buying import ALWAYS_ASKS, DECLINED_WHEN_CHARGED, tier
from billing.tests.changing import anew, change, has, new_default, retrieve

pytestmark = pytest.mark.django_db


def test_a_decline_leaves_what_was_and_no_open_invoice(subscribed, delta, card, catalogue):
    new_default(delta, card(DECLINED_WHEN_CHARGED))
    with pytest.raises(errors.Declined):
        change(subscribed, "business")
    assert has(subscribed) == [("premium", "month", 1)]
    assert (anew(subscribed).status, anew(subscribed).pending_until) == ("active", None)
    assert retrieve(subscribed).pending_update is None
    assert not StripeInvoice.objects.filter(status="open").exists()
    catalogue.deliver()
    assert tier(delta) == Tier.PREMIUM
    assert not Attempt.objects.open().exists()


def test_after_a_decline_another_card_works(subscribed, delta, card):
    new_default(delta, card(DECLINED_WHEN_CHARGED))
    with pytest.raises(errors.Declined):
        change(subscribed, "business")
    new_default(delta, card())
    change(subscribed, "business")
    assert has(subscribed) == [("business", "month", 1)]


def test_what_the_bank_asks_about_waits_and_then_happens(subscribed, delta, card, catalogue, authenticate):
    new_default(delta, card(ALWAYS_ASKS))
    waiting = change(subscribed, "business")
    assert waiting.awaits_payment
    assert "_secret_" in waiting.client_secret
    assert has(subscribed) == [("premium", "month", 1)]
    assert change(subscribed, "business").client_secret == waiting.client_secret
    with pytest.raises(errors.ChangeAwaitsPayment):
        change(subscribed, "premium", "year")
    authenticate(waiting.client_secret)
    subscriptions.look_again(delta)
    assert has(subscribed) == [("business", "month", 1)]
    assert anew(subscribed).pending_until is None
    assert tier(delta) == Tier.BUSINESS


def test_who_fails_to_authenticate_has_what_they_had(subscribed, delta, card, authenticate):
    new_default(delta, card(ALWAYS_ASKS))
    waiting = change(subscribed, "business")
    authenticate(waiting.client_secret, passed=False)
    with pytest.raises(errors.Declined):
        subscriptions.look_again(delta)
    assert has(subscribed) == [("premium", "month", 1)]
    assert retrieve(subscribed).pending_update is None


def test_a_change_that_waits_is_taken_back(subscribed, delta, card, catalogue):
    new_default(delta, card(ALWAYS_ASKS))
    change(subscribed, "business")
    assert subscriptions.take_back(anew(subscribed)).pending_until is None
    assert not StripeInvoice.objects.filter(status="open").exists()
    change(subscribed, "premium", "month")


def test_a_change_that_waits_is_no_failed_renewal(subscribed, delta, card, catalogue, mailoutbox):
    from billing import overdue

    new_default(delta, card(ALWAYS_ASKS))
    change(subscribed, "business")
    catalogue.deliver()
    assert overdue.of(delta) is None
    assert mailoutbox == []


def test_nobody_came_back_within_a_day_so_it_is_dropped(subscribed, delta, card, catalogue):
    new_default(delta, card(ALWAYS_ASKS))
    change(subscribed, "business")
    catalogue.advance(hours=24)
    catalogue.deliver()
    assert anew(subscribed).pending_until is None
    assert has(subscribed) == [("premium", "month", 1)]
