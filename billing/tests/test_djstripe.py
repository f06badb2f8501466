"""dj-stripe's rows: they follow off the path, and learn no secret."""

import djstripe.models
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from billing.mirror import djstripe as copies
from billing.models import Event

pytestmark = pytest.mark.django_db


def test_what_was_mirrored_is_copied_once_each(subscribed, delta, calls):
    assert copies.copy_waiting() > 0
    row = djstripe.models.Subscription.objects.get(id=subscribed.stripe_id)
    assert row.customer.subscriber == delta
    assert djstripe.models.Invoice.objects.get(id=subscribed.latest_invoice_id)
    assert djstripe.models.Product.objects.filter(id="turnpike-premium").exists()
    calls.clear()
    assert copies.copy_waiting() == 0
    assert calls == []


def test_no_secret_reaches_its_tables(subscribed):
    copies.copy_waiting()
    assert [key.secret for key in djstripe.models.APIKey.objects.all()] == [copies.placeholder()]
    for model in apps.get_app_config("djstripe").get_models():
        for row in model.objects.values():
            assert settings.STRIPE_SECRET_KEY not in str(row)
            assert "_secret_" not in str(row)


def test_one_object_that_it_does_not_like_does_not_keep_the_others(subscribed, monkeypatch):
    def refuse(*args: object, **options: object) -> None:
        raise TypeError("not like this")

    monkeypatch.setattr(djstripe.models.Product, "sync_from_stripe_data", refuse)
    copies.copy_waiting()
    assert djstripe.models.Customer.objects.exists()
    assert not Event.objects.filter(state="done", copied=False).exists()


def test_while_stripe_is_away_the_copies_wait(subscribed, stripe_sandbox):
    stripe_sandbox.sandbox.faults.add("cut", times=99)
    with pytest.raises(CommandError, match="does not answer") as failure:
        call_command("process_events")
    assert failure.value.returncode == 3
    stripe_sandbox.sandbox.faults.clear()
    call_command("process_events")
    assert not Event.objects.filter(state="done", copied=False).exists()


def test_without_a_key_nothing_is_copied(subscribed, settings, capsys):
    settings.STRIPE_SECRET_KEY = ""
    call_command("process_events")
    assert "0 objects copied" in capsys.readouterr().out


def test_what_is_gone_at_stripe_keeps_its_row(subscribed, stripe_sandbox):
    copies.copy_waiting()
    with stripe_sandbox.sandbox.work() as world:
        world.delete(world.get("product", "turnpike-starter"))
    assert not copies.copy("product", "turnpike-starter")
    assert djstripe.models.Product.objects.filter(id="turnpike-starter").exists()
