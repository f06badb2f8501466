import pytest
import stripe


@pytest.fixture
def alice(stage):
    return stage.customer(name="Alice O'Hara", metadata={"order": "17", "namespace": "turnpike"})


@pytest.fixture
def bob(stage, alice):
    stage.advance(seconds=60)
    return stage.customer("bob@example.com", metadata={"namespace": "other"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("metadata['namespace']:'turnpike'", ["alice"]),
        ('metadata["namespace"]:"turnpike" AND metadata["order"]:"17"', ["alice"]),
        ("metadata['namespace']:'turnpike' metadata['order']:'18'", []),
        ("email:'bob@example.com' OR metadata['order']:'17'", ["bob", "alice"]),
        ("-metadata['namespace']:'turnpike'", ["bob"]),
        ("name~'o\\'hara'", ["alice"]),
        ("metadata['order']:null", ["bob"]),
        ("-metadata['order']:null", ["alice"]),
        ("created>1798761600", ["bob"]),
        ("created<=1798761600", ["alice"]),
    ],
)
def test_a_query_finds_what_it_describes(v1, alice, bob, query, found):
    names = {alice.id: "alice", bob.id: "bob"}
    assert [names[c.id] for c in v1.customers.search({"query": query}).data] == found


def test_results_come_in_pages(stage, v1):
    for _ in range(3):
        stage.customer(metadata={"k": "v"})
    query = {"query": "metadata['k']:'v'", "limit": 2}
    first = v1.customers.search(query)
    assert first.has_more is True
    second = v1.customers.search({**query, "page": first.next_page})
    assert len(second.data) == 1
    assert second.next_page is None
    assert {c.id for c in first.data}.isdisjoint({c.id for c in second.data})


@pytest.mark.parametrize(
    "query", ["nonsense", "email:", "colour:'red'", "email:'a' AND name:'b' OR name:'c'"]
)
def test_a_query_that_is_not_understood_is_refused(v1, query):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.customers.search({"query": query})
    assert refusal.value.param == "query"
