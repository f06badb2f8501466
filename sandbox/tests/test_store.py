import pytest

from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.store import Store


def record(name: str, **fields) -> dict:
    return {"id": name, "object": "thing", **fields}


def test_a_unit_that_is_not_committed_leaves_nothing():
    store = Store()
    unit = store.unit()
    unit.add(record("a"))
    assert [r["id"] for r in unit.scan("thing")] == ["a"]
    assert list(store.unit().scan("thing")) == []


def test_working_copies_do_not_touch_what_is_committed():
    store = Store()
    store.apply([record("a", parts={"n": 1})])
    unit = store.unit()
    unit.get("a")["parts"]["n"] = 2
    assert store.records["a"]["parts"]["n"] == 1
    unit.commit()
    assert store.records["a"]["parts"]["n"] == 2


def test_scanning_keeps_the_order_of_making_both_ways():
    store = Store()
    store.apply([record("b"), record("a")])
    unit = store.unit()
    unit.add(record("c"))
    unit.get("b")["changed"] = True
    assert [r["id"] for r in unit.scan("thing")] == ["b", "a", "c"]
    assert [r["id"] for r in unit.scan("thing", newest_first=True)] == ["c", "a", "b"]


def test_adding_a_record_again_does_not_double_it():
    store = Store()
    store.apply([record("a")])
    unit = store.unit()
    unit.add(record("a", n=2))
    assert [r["n"] for r in unit.scan("thing")] == [2]


def test_a_deleted_object_leaves_a_tombstone_that_no_scan_finds():
    store = Store()
    store.apply([record("a", n=1)])
    unit = store.unit()
    unit.delete(unit.get("a"))
    assert list(unit.scan("thing")) == []
    unit.commit()
    assert store.records["a"] == record("a", deleted=True)


def test_the_sandboxs_own_records_leave_none():
    store = Store()
    store.apply([{"id": "_x", "object": "_due"}])
    unit = store.unit()
    unit.delete(unit.get("_x"))
    unit.commit()
    assert "_x" not in store.records


def test_a_store_opened_again_has_the_same_in_the_same_order(tmp_path):
    path = tmp_path / "state.sqlite3"
    store = Store(path)
    store.apply([record("b"), record("a", n=1)])
    store.apply([record("b", n=2), {"id": "_x", "object": "_due"}])
    store.apply([{"id": "_x", "object": "_due", "deleted": True}])
    store.close()
    again = Store(path)
    assert list(again.unit().scan("thing")) == [record("b", n=2), record("a", n=1)]
    assert "_x" not in again.records


def test_a_snapshot_is_restored_on_disk_too(tmp_path):
    path = tmp_path / "state.sqlite3"
    store = Store(path)
    store.apply([record("a", n=1)])
    snapshot = store.snapshot()
    store.apply([record("a", n=2), record("b")])
    store.restore(snapshot)
    store.close()
    assert list(Store(path).unit().scan("thing")) == [record("a", n=1)]


def test_an_error_with_keep_commits_what_was_done_before_it():
    sandbox = Sandbox(frozen_at=1_800_000_000)

    def decline(keep):
        with sandbox.work() as world:
            world.new("customer", metadata={})
            raise StripeError("declined", keep=keep)

    for keep, left in ((False, 0), (True, 1)):
        with pytest.raises(StripeError):
            decline(keep)
        with sandbox.work() as world:
            assert len(world.select("customer")) == left


def test_a_sandbox_opened_again_is_where_it_was(tmp_path):
    path = tmp_path / "state.sqlite3"
    first = Sandbox(path, frozen_at=1_800_000_000)
    first.advance(60)
    with first.work() as world:
        customer = world.new("customer", metadata={})
    first.close()
    second = Sandbox(path)
    assert second.now == 1_800_000_060
    assert second.account_id == first.account_id
    with second.work() as world:
        assert world.get("customer", customer["id"])
