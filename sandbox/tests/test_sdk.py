"""The official client for Python, in the ways of using it that no other test has: awaited, raw, by module globals, over
a socket.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import stripe

from sandbox.server import Server
from sandbox.testing import SECRET_KEY, Stage


def test_calls_can_be_awaited(stage: Stage) -> None:
    async def visit() -> list[str]:
        customers = stage.client.v1.customers
        alice = await customers.create_async({"email": "alice@example.com"})
        await customers.update_async(alice.id, {"name": "Alice"})
        with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
            await customers.retrieve_async("cus_nobody")
        page = await customers.list_async({"limit": 1})
        return [str(customer.name) async for customer in page.auto_paging_iter()]

    assert asyncio.run(visit()) == ["Alice"]


def test_an_awaited_call_is_tried_again_after_a_failure(stage: Stage) -> None:
    client = stage.connect(SECRET_KEY, max_network_retries=1)
    stage.sandbox.faults.add("lost", path="/v1/customers")
    customer = asyncio.run(client.v1.customers.create_async({"name": "Bob"}))
    assert [c.id for c in stage.client.v1.customers.list().data] == [customer.id]


def test_a_raw_request_answers_as_the_typed_one(stage: Stage) -> None:
    created = stage.client.raw_request("post", "/v1/customers", email="alice@example.com")
    customer: Any = stage.client.deserialize(created, api_mode="V1")
    assert isinstance(customer, stripe.Customer)
    read = stage.client.raw_request("get", f"/v1/customers/{customer.id}")
    assert read.data["email"] == "alice@example.com"


def test_the_module_globals_reach_it(stage: Stage) -> None:
    with stage.installed():
        customer = stripe.Customer.create(email="alice@example.com")
        assert [
            found.id for found in stripe.Customer.search(query="email:'alice@example.com'").auto_paging_iter()
        ] == [customer.id]
    assert stripe.default_http_client is not stage.http_client


def test_the_clients_own_connection_reaches_it_over_a_socket(server: Server) -> None:
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": server.url})
    customer = client.v1.customers.create({"email": "alice@example.com"})
    assert client.v1.customers.retrieve(customer.id).email == "alice@example.com"
    response = customer.last_response
    assert response is not None
    assert str(response.request_id).startswith("req_")
