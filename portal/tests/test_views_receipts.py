"""The pages of receipts: for owners and admins of the organization, and a 404 for everybody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client

from accounts import organizations
from accounts.models import Membership
from accounts.roles import Role
from portal import filing, receipts
from portal.models import Receipt
from portal.tests import papers, visiting

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def receipt(acme: Any) -> Receipt:
    """Acme's."""
    sale = papers.sale("Acme", organization=acme)
    return receipts.issue(sale, papers.invoice(sale))


@pytest.fixture
def path(receipt: Receipt) -> str:
    return f"/receipts/{receipt.public_id}/"


def test_the_owner_downloads_it(alice: Any, signed_in: SignIn, receipt: Receipt, path: str) -> None:
    answer = signed_in(alice).get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{receipt.filename}"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.content == filing.draw(receipt)


def test_the_file_that_was_stored_is_the_one_that_is_served(
    alice: Any, signed_in: SignIn, receipt: Receipt, path: str
) -> None:
    filing.file(receipt.pk)
    receipt.refresh_from_db()
    storage = storages["receipts"]
    storage.delete(f"receipts/{receipt.filename}")
    with storage.open(f"receipts/{receipt.filename}", "wb") as there:
        there.write(b"as it was filed")
    assert signed_in(alice).get(path).content == b"as it was filed"


def test_a_member_an_outsider_and_a_guest_do_not_learn_that_it_exists(
    bob: Any, charlie: Any, signed_in: SignIn, path: str
) -> None:
    """A10."""
    organizations.switch(bob, bob.organizations.get(name="Acme"))
    for user in (bob, charlie):
        client = signed_in(user)
        there, absent = client.get(path), client.get("/receipts/abcdefghijklmnopqrstuv/")
        assert there.status_code == absent.status_code == 404
    guest = Client()
    for asked in (path, "/receipts/abcdefghijklmnopqrstuv/"):
        assert guest.get(asked).headers["Location"].startswith("/accounts/login/?next=/receipts/")


def test_an_admin_may_too_also_for_an_organization_that_they_do_not_act_for(
    bob: Any, signed_in: SignIn, receipt: Receipt, path: str
) -> None:
    Membership.objects.filter(user=bob, organization=receipt.organization).update(role=Role.ADMIN)
    assert bob.current_organization != receipt.organization
    assert signed_in(bob).get(path).status_code == 200


def test_it_can_be_had_after_the_plan_has_ended(alice: Any, acme: Any, signed_in: SignIn, path: str) -> None:
    organizations.set_access(acme, [])
    assert signed_in(alice).get(path).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/x.pdf", "20270115_Acme_sale_online.pdf", "1"],
)
def test_a_file_s_name_or_path_finds_nothing(
    alice: Any, signed_in: SignIn, receipt: Receipt, name: str
) -> None:
    """A14."""
    assert signed_in(alice).get(f"/receipts/{name}/").status_code == 404
    assert signed_in(alice).get(f"/receipts/{receipt.filename}/").status_code == 404


def test_looking_writes_nothing(
    alice: Any, signed_in: SignIn, receipt: Receipt, path: str, django_assert_num_queries: Any
) -> None:
    client = signed_in(alice)
    client.get(path)
    with django_assert_num_queries(4) as queries:  # session, user, receipt, role
        client.get(path)
    assert not visiting.written(queries)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.attempts) == (Receipt.State.WAITING, 0)


def test_the_list_shows_what_the_organization_has(
    alice: Any, signed_in: SignIn, receipt: Receipt, path: str, django_assert_num_queries: Any
) -> None:
    receipts.credit(receipt, "re_1", 52_000, "usd")
    receipts.order_form(receipt.sale)
    papers_of_others = papers.sale()
    receipts.order_form(papers_of_others)
    client = signed_in(alice)
    with django_assert_num_queries(6):  # session, user, role, how many, which, the plan's country
        answer = client.get("/receipts/")
    text = answer.content.decode()
    assert path in text
    for words in (f"Receipt {receipt.number}", "Credit note CN-", "Order form", "$1,040.00", "$520.00"):
        assert words in text, words
    assert text.count("/receipts/") >= 3
    assert len(answer.context["page"]) == 3
    assert f"/us/renew?domain={receipt.organization_id}" in text


def test_an_empty_list_says_where_other_invoices_are(alice: Any, signed_in: SignIn) -> None:
    assert "No receipts yet" in signed_in(alice).get("/receipts/").content.decode()


def test_a_member_is_told_whom_to_ask(bob: Any, signed_in: SignIn) -> None:
    organizations.switch(bob, bob.organizations.get(name="Acme"))
    answer = signed_in(bob).get("/receipts/")
    assert answer.status_code == 403
    assert "Ask an owner" in answer.content.decode()


def test_a_name_is_escaped_in_the_page(alice: Any, acme: Any, signed_in: SignIn) -> None:
    acme.name = "<script>alert(1)</script>"
    acme.save()
    assert "<script>alert" not in signed_in(alice).get("/receipts/").content.decode()
