"""The command that moves a running sandbox."""

from __future__ import annotations

import pytest

from sandbox import later
from sandbox.server import Server
from sandbox.testing import Stage


def test_a_month_later_the_subscription_has_renewed(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    subscription = stage.subscription()
    with Server(stage.sandbox) as server:
        assert later.main(["32", "--port", str(server.server_address[1])]) == 0
    assert "at the local Stripe" in capsys.readouterr().out
    invoices = stage.client.v1.invoices.list({"subscription": subscription.id}).data
    assert [invoice.status for invoice in invoices] == ["paid", "paid"]


@pytest.mark.parametrize("days", ["0", "-3", "soon"])
def test_time_moves_forward_by_whole_days_only(days: str) -> None:
    with pytest.raises(SystemExit) as ended:
        later.main(["--", days])
    assert ended.value.code == 2


def test_without_a_sandbox_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert later.main(["31", "--port", "1"]) == 3
    assert "No sandbox answers" in capsys.readouterr().err
