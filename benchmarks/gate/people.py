"""So many organizations with a member, a key, a token and a session each; and what some of them call with.

python -m benchmarks.gate.people ORGANIZATIONS CALLERS prints the headers of so many callers by how they call, as JSON
"""

import json
import os
import random
import sys
from collections.abc import Callable, Iterable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.gate.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402

from accounts import tokens  # noqa: E402
from accounts.models import Scope, User  # noqa: E402
from accounts.tiers import Access, Tier  # noqa: E402

# Premium until long after, with a limit that nobody reaches.
ACCESS = Access(Tier.PREMIUM, reason="subscription", limits={"api_requests_per_day": 10**9}).to_json() | {
    "until": "2099-12-31T00:00:00+00:00"
}
EACH = "SELECT {} FROM generate_series(1, %s) AS n"
TABLES = {
    "accounts_organization (id, name, personal, email, access, tier, created, stripe_customer_id)": (
        f"n, 'Organization ' || n, true, n || '@example.com', '{json.dumps([ACCESS])}', 'premium', now(), 'cus_' || n"
    ),
    "accounts_user (id, password, email, name, is_superuser, is_staff, is_active, date_joined,"
    " current_organization_id)": "n, '!', n || '@example.com', 'User ' || n, false, false, true, now(), n",
    "accounts_membership (user_id, organization_id, role, created)": "n, n, 'owner', now()",
    "accounts_apikey (user_id, organization_id, scope, name, prefix, hash, created, last_used)": (
        "n, n, 'read', 'a program', 'tk_000000',"
        " encode(sha256(('tk_' || lpad(n::text, 43, '0'))::bytea), 'hex'), now(), now() + interval '1 day'"
    ),
    "accounts_tokensession (user_id, organization_id, scope, created, expires, serial, refreshed)": (
        "n, n, 'read', now(), now() + interval '30 days', 1, now()"
    ),
    "authtoken_token (key, user_id, created)": "lpad(n::text, 40, '0'), n, now()",
    "django_session (session_key, session_data, expire_date)": (
        "lpad(n::text, 32, 'x'), repeat('x', 200), now() + interval '14 days'"
    ),
}


def fill(count: int) -> None:
    with connection.cursor() as cursor:
        for table, values in TABLES.items():
            cursor.execute(f"INSERT INTO {table} {EACH.format(values)}", [count])
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


def main(organizations: int, some: int) -> None:
    fill(organizations)
    chosen = random.Random(1).sample(range(1, organizations + 1), some)
    with connection.cursor() as cursor:  # obtaining tokens makes further rows
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('accounts_tokensession', 'id'), max(id)) FROM accounts_tokensession"
        )
    print(json.dumps(callers(User.objects.select_related("current_organization").filter(pk__in=chosen))))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
