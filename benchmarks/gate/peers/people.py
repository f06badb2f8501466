"""So many users with a token and a subscription in both packages' tables; and what some of them call with.

python -m benchmarks.gate.peers.people USERS CALLERS prints the headers of so many callers, as JSON
"""

import json
import os
import random
import sys
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.gate.peers.settings")
django.setup()

import djstripe.models as dj  # noqa: E402
import drf_stripe.models as drf  # noqa: E402
from django.apps import apps  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from benchmarks.gate.peers.urls import FEATURE, PRODUCT  # noqa: E402

ENDS = datetime(2099, 12, 31, tzinfo=UTC)
STATE = {"status": "active", "cancel_at_period_end": False, "current_period_end": int(ENDS.timestamp())}


def make_tables() -> None:
    """As migrations would; dj-stripe's own take most of a minute to come to the same."""
    for app in ("contenttypes", "auth", "sessions", "authtoken", "drf_stripe"):
        call_command("migrate", app, verbosity=0)
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("djstripe").get_models(include_auto_created=False):
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)


def fill_djstripe(users: list[User]) -> None:
    dj.Product.objects.create(id=PRODUCT, name="Premium")
    price = dj.Price.objects.create(id="price_premium", active=True, currency="usd", product_id=PRODUCT)
    dj.Customer.objects.bulk_create(dj.Customer(id=f"cus_{user.pk}", subscriber=user) for user in users)
    dj.Subscription.objects.bulk_create(
        dj.Subscription(id=f"sub_{user.pk}", customer_id=f"cus_{user.pk}", stripe_data=STATE)
        for user in users
    )
    dj.SubscriptionItem.objects.bulk_create(
        dj.SubscriptionItem(id=f"si_{user.pk}", price=price, subscription_id=f"sub_{user.pk}")
        for user in users
    )


def fill_drf_stripe(users: list[User]) -> None:
    drf.Product.objects.create(product_id=PRODUCT, active=True)
    drf.Feature.objects.create(feature_id=FEATURE)
    drf.ProductFeature.objects.create(product_id=PRODUCT, feature_id=FEATURE)
    drf.Price.objects.create(
        price_id="price_premium", product_id=PRODUCT, price=2000, active=True, currency="usd"
    )
    drf.StripeUser.objects.bulk_create(
        drf.StripeUser(user=user, customer_id=f"cus_{user.pk}") for user in users
    )
    drf.Subscription.objects.bulk_create(
        drf.Subscription(
            subscription_id=f"sub_{user.pk}",
            stripe_user_id=user.pk,
            period_end=ENDS,
            cancel_at_period_end=False,
            status="active",
        )
        for user in users
    )
    drf.SubscriptionItem.objects.bulk_create(
        drf.SubscriptionItem(
            sub_item_id=f"si_{user.pk}",
            subscription_id=f"sub_{user.pk}",
            price_id="price_premium",
            quantity=1,
        )
        for user in users
    )


def main(count: int, some: int) -> None:
    make_tables()
    users = User.objects.bulk_create(
        User(pk=number, username=f"{number}@example.com", password="!")  # noqa: S106
        for number in range(1, count + 1)
    )
    Token.objects.bulk_create(Token(key=f"{user.pk:040}", user=user) for user in users)
    fill_djstripe(users)
    fill_drf_stripe(users)
    chosen = random.Random(1).sample(users, some)
    print(json.dumps([{"Authorization": f"Token {user.pk:040}"} for user in chosen]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
