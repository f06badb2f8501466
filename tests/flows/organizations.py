"""What happens to organizations, and Stripe follows: members come and go, a name changes, one is closed."""

from django.urls import reverse

from accounts import organizations
from accounts.models import Membership, Organization, User
from tests.flows.flow import Flow, events
from tests.flows.subscriptions import buy, buy_business, open_page
from tests.house import House
from tests.oracle import Oracle
from tests.visitor import Visitor


def found(home: House, user: User) -> None:
    """With a second member. From now on the user acts for it."""
    organization = organizations.create(user, f"Team {user.pk}")
    organizations.join(User.objects.create_user(f"mate{user.pk}@people.example", name="Bob"), organization)


def team(user: User) -> Organization:
    return Organization.objects.get(name=f"Team {user.pk}")


def part(home: House, user: User) -> int:
    """The second member has to go."""
    members = Membership.objects.filter(organization=team(user)).exclude(user=user)
    number = members.values_list("pk", flat=True).first() or 1
    return home.call(user, "DELETE", f"/api/organizations/{team(user).pk}/members/{number}/")


def one_seat(oracle: Oracle, user: User) -> None:
    [subscription] = oracle.subscriptions_of(team(user).pk)
    assert [item["quantity"] for item in subscription["items"]["data"]] == [1]


def rename(home: House, user: User) -> int:
    return home.call(
        user, "PATCH", f"/api/organizations/{user.current_organization_id}/", name=f"Renamed {user.pk}"
    )


def renamed(oracle: Oracle, user: User) -> None:
    owners = oracle.customers()
    [customer] = [
        one for one in oracle.all("customer") if owners.get(one["id"]) == user.current_organization_id
    ]
    assert customer["name"] == f"Renamed {user.pk}"


def close(home: House, user: User) -> str:
    address = reverse("organization_close", args=[team(user).pk])
    return Visitor(home, user).post(address, {"name": team(user).name})


def closed(oracle: Oracle, user: User) -> None:
    assert team(user).closed
    assert {one["status"] for one in oracle.subscriptions_of(team(user).pk)} <= {"canceled"}
    sessions = [one["status"] for one in oracle.belonging("checkout.session")]
    assert "open" not in sessions


FLOWS = {
    "a member less": Flow(part, "subscriptions.set_quantity", (found, buy_business, events), leaves=one_seat),
    "another name": Flow(rename, "customers.describe", (buy, events), leaves=renamed),
    "closing what pays": Flow(close, "subscriptions.end_now", (found, buy, events), leaves=closed),
    "closing what was about to pay": Flow(
        close, "checkout.expire", (found, open_page("premium"), events), leaves=closed
    ),
}
