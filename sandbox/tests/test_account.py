def test_the_account_is_one_and_the_same(stage, v1):
    account = v1.accounts.retrieve_current()
    assert account.id.startswith("acct_")
    assert account.id == stage.sandbox.account_id
    assert account.charges_enabled is True


def test_a_new_account_has_an_empty_balance(v1):
    balance = v1.balance.retrieve()
    assert [(a.amount, a.currency) for a in balance.available] == [(0, "usd")]
    assert [(a.amount, a.currency) for a in balance.pending] == [(0, "usd")]
