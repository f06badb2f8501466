"""What a gate costs: the same answer of the API, open, behind a gate, and counted against a limit; in one process.

python -m benchmarks.gate prints for each its median in microseconds and its statements, as JSON
"""

import json
import os
import random
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from accounts import organizations  # noqa: E402
from accounts.api.permissions import tier_required  # noqa: E402
from accounts.api.throttles import TierThrottle  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.tiers import BY_TIER, Tier  # noqa: E402

ROUNDS = 400


class Open(APIView):
    """Signed in, and that is all that is asked."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.pk})


class Gated(Open):
    """For those whose tier is high enough."""

    permission_classes = [tier_required(Tier.STARTER)]


class Metered(Gated):
    """And so often as their tier allows."""

    throttle_classes = [TierThrottle]


urlpatterns = [path(f"{view.__name__.lower()}/", view.as_view()) for view in (Open, Gated, Metered)]


def sign_in(address: str, tier: Tier) -> Client:
    user, _new = User.objects.get_or_create(email=address)
    organizations.set_access(user.current_organization, [BY_TIER[tier]])
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(user)
    return client


def main() -> None:
    business, starter = (
        sign_in("alice@acme.example", Tier.BUSINESS),
        sign_in("bob@acme.example", Tier.STARTER),
    )
    cases = {
        "signed in, no gate": (business, "/open/"),
        "gated": (business, "/gated/"),
        "gated, a tier without limit": (business, "/metered/"),
        "gated, counted": (starter, "/metered/"),
    }
    measured = measure(list(cases.values()))
    print(json.dumps(dict(zip(cases, measured, strict=True))))


def measure(cases: list[tuple[Client, str]]) -> list[tuple[float, int]]:
    """In a new order every round, so that what this machine does besides is shared by all."""
    times: list[list[float]] = [[] for _case in cases]
    for _round in range(ROUNDS):
        for (client, address), mine in random.sample(list(zip(cases, times, strict=True)), len(cases)):
            began = time.perf_counter()
            answer = client.get(address)
            mine.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.content
    return [
        (statistics.median(mine) * 1e6, statements(client, address))
        for (client, address), mine in zip(cases, times, strict=True)
    ]


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


if __name__ == "__main__":
    # Under its own name, so that Django finds the views of the module that runs and not those of a second copy.
    with override_settings(ROOT_URLCONF=__name__):
        main()
