"""The listener at its first version's address: what it answers, what it logs, and how much it takes."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.models import Event
from billing.tests import events
from portal.models import PaidYear, Sale

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
URL = "/stripe-webhook"
LIMIT = 1_048_576


@pytest.fixture
def told(order: Order, pay: Pay, catalogue: Any) -> Callable[[int], tuple[int, str]]:
    """Hudson Orchards has paid; tells of the paid invoice at the old address, in so many bytes; returns the answer."""
    pay(order())

    def tell(size: int) -> tuple[int, str]:
        answers = []

        def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
            answer = events.post(body + b" " * (size - len(body)), url=URL)
            answers.append((answer.status_code, answer.content.decode()))
            return answers[-1]

        catalogue.sandbox.deliver(post, None, "invoice.paid")
        return answers[0]

    return tell


def test_a_byte_too_much_is_refused_before_it_is_read_and_exactly_a_mebibyte_gives_the_year(
    told: Any,
) -> None:
    """F51: nothing of the first is stored; Stripe sends it again."""
    before = Event.objects.count()
    assert told(LIMIT + 1) == (400, "REQUEST TOO BIG")
    assert Event.objects.count() == before
    assert not PaidYear.objects.exists()
    status, _text = told(LIMIT)
    assert status == 200
    assert PaidYear.objects.count() == 1


def test_it_logs_what_it_did_in_the_words_of_the_first_version(
    told: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        told(0)
    said = [record.msg["event"] for record in caplog.records if isinstance(record.msg, dict)]
    domain = Sale.objects.get().organization_id
    expected = ["WEBHOOK CALLED", f"Added one year to Domain {domain}"]
    assert [line for line in said if line in expected] == expected


@pytest.mark.parametrize(
    ("body", "signature", "words"),
    [(b"{", None, "INVALID PAYLOAD"), (b"{}", "t=1,v1=00", "INVALID SIGNATURE")],
)
def test_it_refuses_in_the_words_of_the_first_version(
    db: None, stripe_sandbox: Any, body: bytes, signature: str | None, words: str
) -> None:
    answer = events.post(body, url=URL, signature=signature)
    assert (answer.status_code, answer.content.decode()) == (400, words)
