"""So many organizations with a member, a key, a token and a session each; and what some of them call with.

python -m benchmarks.gate.people ORGANIZATIONS CALLERS prints the headers of so many callers by how they call, as JSON
"""

import json
import os
import random
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.gate.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from accounts import organizations, tokens  # noqa: E402
from accounts.models import ApiKey, Membership, Organization, Scope, TokenSession, User  # noqa: E402
from accounts.tiers import Access, Tier  # noqa: E402

# Premium until long after, with a limit that nobody reaches.
ACCESS = Access(
    Tier.PREMIUM, datetime(2099, 12, 31, tzinfo=UTC), "subscription", limits={"api_requests_per_day": 10**9}
)


def make_one() -> None:
    """The first of each, as the product makes them; all have the id 1."""
    user = User.objects.create_user("1@example.com", name="User 1")
    organization = user.organizations.get()
    organizations.set_access(organization, [ACCESS])
    tokens.obtain(user, organization, Scope.READ)
    tomorrow = timezone.now() + timedelta(days=1)  # so that nobody notes that it was used
    ApiKey.objects.create(
        user=user, organization=organization, name="a program", prefix="tk_000000", last_used=tomorrow
    )
    Token.objects.create(key="1", user=user)
    SessionStore().save()


def multiply(model: type[Model], first: int, last: int, **different: str) -> None:
    """Copies of the one row, for each number `n` from the first to the last; these columns differ, as SQL says."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = [different.get(column, f"one.{column}") for column in columns]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM (SELECT * FROM {table} LIMIT 1) AS one, generate_series({first}, {last}) AS n"
        )


def fill(count: int) -> None:
    make_one()
    both = {"user_id": "n", "organization_id": "n"}
    multiply(Organization, 2, count, id="n", name="'Organization ' || n", stripe_customer_id="'cus_' || n")
    multiply(User, 2, count, id="n", email="n || '@example.com'", current_organization_id="n")
    multiply(Membership, 2, count, id="n", **both)
    multiply(TokenSession, 2, count, id="n", **both)
    text = "('tk_' || lpad(n::text, 43, '0'))::bytea"
    multiply(ApiKey, 2, count, id="n", hash=f"encode(sha256({text}), 'hex')", **both)
    multiply(Token, 2, count, key="lpad(n::text, 40, '0')", user_id="n")
    multiply(Session, 2, count, session_key="lpad(n::text, 32, 'x')")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('accounts_tokensession', 'id'), max(id)) FROM accounts_tokensession"
        )
        cursor.execute("ANALYZE")


def session(user: User, backend: str) -> dict[str, str]:
    """Signed in; `backend` is who looks the user up in every request."""
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), backend
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}


def token(user: User) -> dict[str, str]:
    assert user.current_organization
    return {"Authorization": f"Bearer {tokens.obtain(user, user.current_organization, Scope.READ).access}"}


def callers(users: Iterable[User]) -> dict[str, list[dict[str, str]]]:
    ours, stock = settings.AUTHENTICATION_BACKENDS
    ways: dict[str, Callable[[User], dict[str, str]]] = {
        "stock session": lambda user: session(user, stock),
        "stock token": lambda user: {"Authorization": f"Token {user.pk:040}"},
        "session": lambda user: session(user, ours),
        "key": lambda user: {"Authorization": f"Bearer tk_{user.pk:043}"},
        "token": token,
    }
    return {name: [way(user) for user in users] for name, way in ways.items()}


def main(count: int, some: int) -> None:
    fill(count)
    chosen = random.Random(1).sample(range(2, count + 1), some)
    print(json.dumps(callers(User.objects.select_related("current_organization").filter(pk__in=chosen))))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
