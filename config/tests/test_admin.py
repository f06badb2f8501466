"""What every page of the admin holds to, however many rows there are: no query per row, no choice among all of them,
a search that finds, and no secret. dj-stripe's copies are looked at in `billing/tests/test_admin_copies.py`."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from billing import models as billing
from billing.admin import glance

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEW, MANY = 3, 30
OURS = [model for model in admin.site._registry if model._meta.app_label != "djstripe"]
INLINES = [(model, inline.model) for model in OURS for inline in admin.site.get_model_admin(model).inlines]
# What must stand in a column so that the database takes the row.
FITTING: dict[str, dict[str, Any]] = {
    "billing.Grant": {"feature": "", "limit": "", "amount": None},
    "cart.Refund": {"state": "succeeded"},
    "portal.Receipt": {"kind": "receipt"},
    "portal.StateTaxRate": {"verified": False},
}
SECRET = re.compile(r"hash|secret|sealed|nonce|public_id")
each = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)


def make(model: Any, number: int, **given: Any) -> Any:
    """A row with something in every column, and with rows of its own for all that it hangs on."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    known = {**FITTING.get(model._meta.label, {}), **given}
    row = model(**{field.name: known.get(field.name, value(field, number)) for field in fields} | known)
    row.save()
    return row


def value(field: Any, number: int) -> Any:
    if isinstance(field, models.ForeignKey):
        return None if field.related_model is field.model else make(field.related_model, number)
    if field.choices:
        return next(key for key, _label in field.flatchoices if key)
    for kind, some in SOME:
        if isinstance(field, kind):
            return some(field, number)
    length = field.max_length or 32
    return uuid4().hex if length >= 32 else ("x" * length + f"{number:02}")[-length:]  # x is in no uuid


# The first kind that a field is of says what stands in it; everything else is a text.
SOME: list[tuple[type[models.Field], Callable[[Any, int], Any]]] = [
    (models.UUIDField, lambda field, number: uuid4()),
    (models.DateTimeField, lambda field, number: timezone.now() + timedelta(minutes=number)),
    (models.DateField, lambda field, number: timezone.now().date()),
    (models.BooleanField, lambda field, number: True),
    (models.JSONField, lambda field, number: field.get_default() or {}),
    (models.IntegerField, lambda field, number: 1000 + number),
    (models.DecimalField, lambda field, number: 5),
    (models.EmailField, lambda field, number: f"{uuid4().hex}@example.com"),
]


@pytest.fixture
def desk(stripe_sandbox: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@turnpike.example", "a password"))
    return client


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def page(desk: Client, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def cost(desk: Client, url: str) -> tuple[int, int]:
    """How many queries a page takes, and how many options it offers. Looked at twice: the first look fills caches."""
    page(desk, url)
    with CaptureQueriesContext(connection) as queries:
        options = page(desk, url).count("<option")
    return len(queries), options


@each
def test_thirty_rows_cost_what_three_do_and_are_no_options(desk: Client, model: Any) -> None:
    first, *_others = [make(model, number) for number in range(FEW)]
    urls = [address(model, "changelist"), address(model, "change", first.pk)]
    if desk.get(address(model, "add")).status_code == 200:
        urls.append(address(model, "add"))
    before = [cost(desk, url) for url in urls]
    for number in range(FEW, MANY):
        make(model, number)
    assert [cost(desk, url) for url in urls] == before


@pytest.mark.parametrize(("model", "inline"), INLINES, ids=lambda model: model._meta.label)
def test_thirty_rows_of_another_s_page_cost_what_three_do(desk: Client, model: Any, inline: Any) -> None:
    whole = make(model, 0)
    (link,) = [
        f
        for f in inline._meta.concrete_fields
        if isinstance(f, models.ForeignKey) and f.related_model is model
    ]
    url = address(model, "change", whole.pk)
    for number in range(FEW):
        make(inline, number, **{link.name: whole})
    before, _options = cost(desk, url)
    for number in range(FEW, MANY):
        make(inline, number, **{link.name: whole})
    assert cost(desk, url)[0] == before


@each
def test_every_list_is_searched_by_what_it_says(desk: Client, rf: Any, model: Any) -> None:
    wanted, other = make(model, 1), make(model, 2)
    fields = admin.site.get_model_admin(model).get_search_fields(rf.get("/"))
    assert fields
    for field in fields:
        said = wanted
        for part in field.split("__"):
            said = getattr(said, part)
        found = page(desk, f"{address(model, 'changelist')}?q={said}")
        assert address(model, "change", wanted.pk) in found, field
        assert address(model, "change", other.pk) not in found, field


@each
def test_no_page_shows_a_secret(desk: Client, model: Any) -> None:
    row = make(model, 1)
    shown = page(desk, address(model, "changelist")) + page(desk, address(model, "change", row.pk))
    secrets = [field.name for field in model._meta.concrete_fields if SECRET.search(field.name)]
    assert [name for name in secrets if str(getattr(row, name)) in shown] == []


def test_so_does_an_organization_at_a_glance(desk: Client, acme: Any) -> None:
    url = reverse("admin:billing_organization", args=[acme.pk])
    kinds = [
        billing.StripeSubscription,
        billing.StripeInvoice,
        billing.Grant,
        billing.Difference,
    ]
    counts = []
    for numbers in (range(FEW), range(FEW, glance.MOST)):
        for kind in kinds:
            for number in numbers:
                row = make(kind, number, organization=acme)
                if kind is billing.StripeSubscription:
                    make(billing.StripeSubscriptionItem, number, subscription=row)
                    guard = make(billing.MirroredObject, number, stripe_id=row.stripe_id, organization=acme)
                    make(billing.Event, number, object=guard)
        counts.append(cost(desk, url)[0])
    assert counts[0] == counts[1]
