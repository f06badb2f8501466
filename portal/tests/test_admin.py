"""The portal in the admin: records that nobody may change, figures that staff look up, papers, and lost codes."""

from typing import Any

import pytest
from django.contrib import admin
from django.core import mail
from django.test import Client

from accounts.models import Organization, User
from portal import activation, filing, models, receipts, tax
from portal.countries import Country, TaxBy
from portal.models import StateTaxRate
from portal.tests import papers

RECORDS = [
    models.ActivationCode,
    models.PaidYear,
    models.Receipt,
    models.Refund,
    models.Sale,
    models.StripeTaxRate,
]
RATES = "/admin/portal/statetaxrate/"


@pytest.fixture
def desk(db: None) -> Client:
    """A browser signed in to the admin."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@turnpike.example", "a password"))
    return client


@pytest.fixture
def sold(desk: Client) -> models.Sale:
    """With its papers and its code."""
    sale = papers.sale(exemption="NY-123456")
    receipts.order_form(sale)
    receipts.issue(sale, papers.invoice(sale))
    activation.make(sale)
    return sale


def figure(state: str, **others: Any) -> dict[str, Any]:
    """A state's form as it would be sent."""
    row = StateTaxRate.objects.filter(state=state).values().get()
    return {name: value for name, value in (row | others).items() if value is not None and value is not False}


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_records_are_listed_and_nobody_may_write_them(desk: Client, sold: models.Sale, model: Any) -> None:
    url = f"/admin/portal/{model._meta.model_name}/"
    assert desk.get(url).status_code == 200
    assert desk.get(f"{url}add/").status_code == 403
    for row in model.objects.all():
        page = desk.get(f"{url}{row.pk}/change/")
        assert page.status_code == 200
        assert "_save" not in page.content.decode()
        assert desk.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    site = admin.site.get_model_admin(model)
    request: Any = type("Request", (), {"user": User.objects.get(is_superuser=True)})()
    assert not site.has_change_permission(request)


def test_who_is_exempt_is_found_with_the_certificate(desk: Client, sold: models.Sale) -> None:
    papers.sale("Taxed Inc")
    page = desk.get("/admin/portal/sale/?exemption__isempty=0").content.decode()
    assert "NY-123456" in page
    assert "Taxed Inc" not in page


def test_a_sale_leads_to_its_papers_which_staff_may_read(desk: Client, sold: models.Sale) -> None:
    page = desk.get(f"/admin/portal/sale/{sold.pk}/change/").content.decode()
    for amount in ("$1,000.00", "$40.00", "$1,040.00"):
        assert amount in page
    for paper in sold.receipts.all():
        url = f"/admin/portal/receipt/{paper.pk}/pdf/"
        assert url in page
        answer = desk.get(url)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content == filing.draw(paper)


def test_papers_are_for_staff_with_the_permission(desk: Client, sold: models.Sale, charlie: User) -> None:
    url = f"/admin/portal/receipt/{sold.receipts.latest('pk').pk}/pdf/"
    client = Client()
    client.force_login(charlie)
    assert client.get(url).status_code == 302
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    assert client.get(url).status_code == 403
    assert desk.get("/admin/portal/receipt/999999/pdf/").status_code == 404


def test_what_was_given_up_is_taken_up_again(desk: Client, sold: models.Sale) -> None:
    paper = sold.receipts.latest("pk")
    models.Receipt.objects.filter(pk=paper.pk).update(state="parked", attempts=36)
    chosen = {"action": "take_up", "_selected_action": [one.pk for one in sold.receipts.all()]}
    page = desk.post("/admin/portal/receipt/", chosen, follow=True).content.decode()
    assert "1 receipt is filed again." in page
    paper.refresh_from_db()
    assert (paper.state, paper.attempts) == ("waiting", 0)


def test_a_lost_code_is_withdrawn_and_another_is_mailed_once(
    desk: Client, sold: models.Sale, charlie: User, rf: Any, django_capture_on_commit_callbacks: Any
) -> None:
    lost = activation.reveal(sold)
    code = models.ActivationCode.objects.get()
    chosen = {"action": "reissue", "_selected_action": [code.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        page = desk.post("/admin/portal/activationcode/", chosen, follow=True).content.decode()
    assert "1 new code was mailed." in page
    assert lost not in page
    (letter,) = mail.outbox
    assert lost not in letter.body
    code.refresh_from_db()
    assert code.withdrawn is not None
    new = activation.code_of(models.ActivationCode.objects.get(withdrawn=None))
    assert new in letter.body
    activation.use(new, charlie, rf.post("/activate"))
    page = desk.post("/admin/portal/activationcode/", chosen, follow=True).content.decode()
    assert "0 new codes were mailed." in page


def test_neither_a_code_nor_its_hash_is_shown(desk: Client, sold: models.Sale) -> None:
    code = models.ActivationCode.objects.get()
    pages = [desk.get("/admin/portal/activationcode/")]
    pages += [desk.get(f"/admin/portal/activationcode/{code.pk}/change/")]
    for page in pages:
        for secret in (code.code_hash, code.nonce, activation.code_of(code)):
            assert secret not in page.content.decode()


def test_a_figure_is_edited_with_its_source_and_sold_by_from_then_on(desk: Client) -> None:
    row = StateTaxRate.objects.get(state="ME")
    assert not row.verified
    sent = figure("ME", percentage="5.5", verified="on", source_date="2026-11-20", notes="By Alice.")
    answer = desk.post(f"{RATES}{row.pk}/change/", sent)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.verified, row.notes) == (True, "By Alice.")
    assert tax.of(Country("us", TaxBy.TABLE), "ME", 100_000, exempt=False).amount == 5_500
    assert desk.post(f"{RATES}{row.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"source_url": ""}, "where and when it was looked up"),
        ({"source_date": ""}, "where and when it was looked up"),
        ({"percentage": ""}, "between 0 and 100"),
        ({"percentage": "101"}, "between 0 and 100"),
    ],
)
def test_a_figure_without_its_source_is_not_verified(
    desk: Client, wrong: dict[str, str], sentence: str
) -> None:
    row = StateTaxRate.objects.get(state="ME")
    sent = figure("ME", verified="on", source_date="2026-11-20") | wrong
    answer = desk.post(f"{RATES}{row.pk}/change/", sent)
    assert sentence in answer.content.decode()
    row.refresh_from_db()
    assert not row.verified


def test_a_companys_name_is_text_there_too(desk: Client) -> None:
    """A19."""
    wicked = "<script>alert(1)</script>"
    organization = Organization.objects.create(name=wicked, email="office@hudson.example")
    sale = papers.sale(wicked, organization=organization)
    receipts.order_form(sale)
    for url in ("/admin/portal/sale/", f"/admin/portal/sale/{sale.pk}/change/", "/admin/portal/receipt/"):
        page = desk.get(url).content.decode()
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
