"""dj-stripe's tables in the admin: to be looked at, never to be written by hand."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from accounts.models import User
from billing.mirror import djstripe as copies

COPIES = [model for model in apps.get_app_config("djstripe").get_models() if admin.site.is_registered(model)]


@pytest.fixture
def desk(db: None, stripe_sandbox: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@turnpike.example", "a password"))
    return client


@pytest.mark.parametrize("model", COPIES, ids=lambda model: model.__name__)
def test_they_are_listed_and_nobody_may_write_them(desk: Client, model: Any, rf: Any) -> None:
    url = f"/admin/djstripe/{model._meta.model_name}/"
    assert desk.get(url).status_code == 200
    assert desk.get(f"{url}add/").status_code == 403
    request = rf.get(url)
    request.user = User.objects.get()
    site = admin.site.get_model_admin(model)
    assert not site.has_change_permission(request)
    assert not site.has_delete_permission(request)
    assert site.get_actions(request) == {}


def test_each_copy_can_be_looked_at(desk: Client, subscribed: Any) -> None:
    copies.copy_waiting()
    seen = set()
    for model in COPIES:
        url = f"/admin/djstripe/{model._meta.model_name}/"
        for row in model.objects.all():
            seen.add(model.__name__)
            assert desk.get(url).status_code == 200
            assert desk.get(f"{url}{row.pk}/change/").status_code == 200
            assert desk.post(f"{url}{row.pk}/change/", {"livemode": "on"}).status_code == 403
    assert {"Customer", "Invoice", "Price", "Product", "Subscription"} <= seen


def test_no_key_is_shown_nor_taken(desk: Client, subscribed: Any, settings: Any) -> None:
    copies.copy_waiting()
    key = apps.get_model("djstripe", "apikey").objects.get()
    page = desk.get(f"/admin/djstripe/apikey/{key.pk}/change/")
    assert page.status_code == 200
    assert settings.STRIPE_SECRET_KEY not in page.content.decode()
    assert desk.post("/admin/djstripe/apikey/add/", {"secret": "sk_test_" + "1" * 32}).status_code == 403


def test_a_webhook_s_secret_is_not_shown(desk: Client) -> None:
    endpoint = apps.get_model("djstripe", "webhookendpoint").objects.create(
        id="we_1", url="https://turnpike.example/", secret="whsec_of_somebody", enabled_events=["*"]
    )
    page = desk.get(f"/admin/djstripe/webhookendpoint/{endpoint.pk}/change/")
    assert page.status_code == 200
    assert "https://turnpike.example/" in page.content.decode()
    assert "whsec_of_somebody" not in page.content.decode()
