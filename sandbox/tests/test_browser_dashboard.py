"""The dashboard in a real browser: look at objects, act on them, move the clock, meddle with deliveries, set faults."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import stripe
from playwright.sync_api import expect

from sandbox.server import Server
from sandbox.testing import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def desk(visitor: Any, server: Server) -> Any:
    """A browser at the dashboard: `desk.open("customers")`."""
    visitor.open = lambda path="": visitor.goto(f"{server.url}/dashboard/{path}".rstrip("/"))
    return visitor


@pytest.fixture
def hook() -> Iterator[str]:
    """A webhook endpoint that refuses the first delivery and takes the others."""
    statuses = iter([500])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status = next(statuses, 200)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"taken" if status == 200 else b"not now")

        def log_message(self, *args: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


def subscribe(stage: Stage, method: str = "pm_card_visa") -> Any:
    """Alice with an active subscription."""
    client, customer = stage.client.v1, stage.customer(name="Alice")["id"]
    card = client.payment_methods.attach(method, {"customer": customer})
    return client.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": stage.price()["id"]}],
            "default_payment_method": card["id"],
        }
    )


def reload_until(page: Any, text: str) -> None:
    """Look again until the page says it, for ten seconds."""
    for _ in range(100):
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError(f"the page never said {text!r}")


def test_a_customers_page_shows_what_belongs_to_her(desk: Any, stage: Stage) -> None:
    subscription = subscribe(stage)
    desk.open("customers")
    desk.get_by_role("link", name="Alice").first.click()
    main = desk.locator("main")
    for title in ("Subscriptions", "Payments", "Invoices", "Payment methods", "Events"):
        expect(main.get_by_role("heading", name=title, exact=True)).to_have_count(1)
    expect(main).to_contain_text("customer.subscription.created", use_inner_text=True)
    desk.locator(".json").get_by_role("link", name=subscription["customer"]).wait_for()
    assert not desk.complaints


@pytest.mark.parametrize("slug", ["customers", "subscriptions", "payments", "invoices", "products", "events"])
def test_each_list_leads_to_its_objects(desk: Any, stage: Stage, slug: str) -> None:
    subscribe(stage)
    desk.open(slug)
    desk.locator("tbody a").first.click()
    desk.locator(".json").wait_for()
    assert f"/dashboard/{slug}/" in desk.url


def test_an_object_is_found_by_its_id_or_a_customer_by_email(desk: Any, stage: Stage) -> None:
    price = stage.price()["id"]
    customer = stage.customer("bob@example.com")["id"]
    desk.open()
    desk.get_by_role("search").get_by_role("searchbox").fill(price)
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/dashboard/prices/{price}")
    desk.get_by_role("search").get_by_role("searchbox").fill("bob@example.com")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/dashboard/customers/{customer}")


def test_a_customer_is_changed(desk: Any, stage: Stage) -> None:
    customer = stage.customer(name="Alice")["id"]
    desk.open(f"customers/{customer}")
    desk.get_by_label("Name").fill("Alice Acme")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_text("Alice Acme").first.wait_for()
    assert stage.client.v1.customers.retrieve(customer)["name"] == "Alice Acme"
    assert stage.event_types()[-1] == "customer.updated"


def test_a_quantity_is_changed_and_its_event_arrives(desk: Any, stage: Stage, hook: str) -> None:
    subscription = subscribe(stage)["id"]
    stage.endpoint(hook, ["customer.subscription.updated"])
    desk.open(f"subscriptions/{subscription}")
    desk.get_by_label("Quantity of").fill("3")
    desk.get_by_role("button", name="Change the quantity").click()
    expect(desk.get_by_label("Quantity of")).to_have_value("3")
    desk.locator("tbody").get_by_role("link", name="customer.subscription.updated").first.click()
    reload_until(desk, "not now")
    desk.get_by_role("button", name="Send again").click()
    reload_until(desk, "taken")
    assert stage.client.v1.subscriptions.retrieve(subscription)["items"]["data"][0]["quantity"] == 3
    assert not desk.complaints


def test_the_browser_itself_stops_a_quantity_of_none(desk: Any, stage: Stage) -> None:
    subscription = subscribe(stage)["id"]
    desk.open(f"subscriptions/{subscription}")
    desk.get_by_label("Quantity of").fill("0")
    desk.get_by_role("button", name="Change the quantity").click()
    expect(desk.locator("input:invalid")).to_have_count(1)
    assert desk.url.endswith(subscription)


def test_a_product_is_renamed_and_its_event_is_shown(desk: Any, stage: Stage) -> None:
    product = stage.product(name="Premium")["id"]
    desk.open(f"products/{product}")
    desk.get_by_label("Name").fill("Gold")
    desk.get_by_role("button", name="Rename").click()
    desk.locator(".object").get_by_text("Gold").wait_for()
    desk.locator("tbody").get_by_role("link", name="product.updated").wait_for()
    assert stage.client.v1.products.retrieve(product)["name"] == "Gold"


def test_a_subscription_is_cancelled_at_its_end_kept_and_cancelled_now(desk: Any, stage: Stage) -> None:
    subscription = subscribe(stage)["id"]
    desk.open(f"subscriptions/{subscription}")
    desk.get_by_role("button", name="Cancel at the period's end").click()
    desk.get_by_role("button", name="Keep: do not cancel").click()
    desk.get_by_role("button", name="Cancel now").click()
    desk.locator(".badge", has_text="canceled").first.wait_for()
    assert stage.client.v1.subscriptions.retrieve(subscription)["status"] == "canceled"


def test_a_payment_is_refunded_in_part(desk: Any, stage: Stage) -> None:
    subscribe(stage)
    payment = stage.client.v1.payment_intents.list()["data"][0]["id"]
    desk.open(f"payments/{payment}")
    desk.get_by_label("Amount").fill("5.00")
    desk.get_by_role("button", name="Refund").click()
    desk.get_by_role("heading", name="Refunds").wait_for()
    assert [refund["amount"] for refund in stage.client.v1.refunds.list()["data"]] == [500]


def test_what_stripe_refuses_is_said(desk: Any, stage: Stage) -> None:
    subscribe(stage)
    payment = stage.client.v1.payment_intents.list()["data"][0]["id"]
    desk.open(f"payments/{payment}")
    desk.get_by_label("Amount").fill("500")
    desk.get_by_role("button", name="Refund").click()
    expect(desk.locator("main")).to_contain_text("greater than", use_inner_text=True)


def test_the_clock_moves_on_and_shows_what_happened_since(desk: Any, stage: Stage) -> None:
    subscribe(stage)
    desk.open("clock")
    desk.get_by_role("button", name="+1 month").click()
    desk.wait_for_url("**/dashboard/clock?from=*")
    happened = desk.locator("main").inner_text()
    assert "invoice.created" in happened
    assert "customer.created" not in happened
    assert stage.sandbox.now == 1_798_761_600 + 31 * 86_400


def test_a_test_clock_is_moved_on_by_days(desk: Any, stage: Stage) -> None:
    clock = stage.client.v1.test_helpers.test_clocks.create({"frozen_time": stage.now})
    desk.open(f"test_clocks/{clock['id']}")
    desk.get_by_label("Days").fill("10")
    desk.get_by_role("button", name="Move on").click()
    reload_until(desk, "test_helpers.test_clock.ready")
    moved = stage.client.v1.test_helpers.test_clocks.retrieve(clock["id"])
    assert moved["frozen_time"] == stage.now + 10 * 86_400


def test_a_delivery_shows_its_answers_and_is_sent_again(desk: Any, stage: Stage, hook: str) -> None:
    stage.endpoint(hook)
    stage.customer()
    event = stage.client.v1.events.list()["data"][0]["id"]
    desk.open(f"events/{event}")
    reload_until(desk, "not now")
    desk.get_by_role("button", name="Send again").click()
    reload_until(desk, "taken")
    expect(desk.locator(".badge", has_text="500")).to_have_count(1)
    assert desk.locator(".badge", has_text="delivered").count() >= 1


def test_deliveries_are_held_back_and_released(desk: Any, stage: Stage, hook: str) -> None:
    stage.endpoint(hook)
    desk.open("events")
    desk.get_by_label("Event types").fill("customer.*")
    desk.get_by_role("button", name="Hold back").click()
    desk.get_by_text("Held back from now on").wait_for()
    stage.customer()
    desk.reload()
    expect(desk.locator("main")).to_contain_text(
        "0 pending, 1 held back. Held back from now on: customer.*", use_inner_text=True
    )
    desk.get_by_role("button", name="Release").click()
    reload_until(desk, "0 held back. Nothing is held back.")
    assert [delivery["state"] for delivery in stage.sandbox.deliveries.all()] != ["held"]


def test_a_fault_is_set_for_the_next_call(desk: Any, stage: Stage) -> None:
    desk.open("faults")
    desk.get_by_label("The next call").select_option("error-500")
    desk.get_by_label("Path").fill("/v1/customers*")
    desk.get_by_role("button", name="Set the fault").click()
    expect(desk.locator("main")).to_contain_text(
        "The next 1 × * /v1/customers* answers 500.", use_inner_text=True
    )
    with pytest.raises(stripe.APIError):
        stage.customer()
    desk.reload()
    expect(desk.locator("main")).to_contain_text("No fault is set.", use_inner_text=True)


def test_a_webhook_endpoint_shows_its_secret(desk: Any, stage: Stage) -> None:
    endpoint = stage.endpoint()
    desk.open(f"webhooks/{endpoint['id']}")
    expect(desk.locator("main")).to_contain_text(endpoint["secret"], use_inner_text=True)


def test_a_form_of_another_site_is_refused(ask: Any, stage: Stage) -> None:
    subscription = subscribe(stage)["id"]
    answer = ask(
        "POST",
        f"/dashboard/subscriptions/{subscription}/cancel",
        origin="https://evil.example",
        host="127.0.0.1:12111",
    )
    assert answer.status == 403
    assert stage.client.v1.subscriptions.retrieve(subscription)["status"] == "active"


def test_an_unknown_object_is_said_to_be_none(desk: Any) -> None:
    assert desk.open("customers/cus_none").status == 404
    expect(desk.locator("main")).to_contain_text(
        "There is no object cus_none in this sandbox.", use_inner_text=True
    )
