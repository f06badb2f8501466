"""Papers into the storage: whatever a disk or Dropbox does, the sale stands, and the paper is filed later, once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from portal import filing, receipts
from portal.models import Receipt, Sale
from portal.tests import papers

pytestmark = pytest.mark.django_db
NOON = "2027-01-15 12:00Z"


@pytest.fixture
def disk(settings: Any, tmp_path: Path) -> Path:
    """Where receipts are kept."""
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "receipts": {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "disk"}}
    }
    return tmp_path / "disk"


@pytest.fixture
def broken(disk: Path) -> Path:
    """A file stands where the disk's folder should be: nothing can be written."""
    disk.write_text("in the way")
    return disk


@pytest.fixture
def issue(django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[[], Receipt]:
    """Issues a receipt and lets what follows the commit happen."""

    def now() -> Receipt:
        sale = papers.sale()
        with django_capture_on_commit_callbacks(execute=True):
            receipt = receipts.issue(sale, papers.invoice(sale))
        receipt.refresh_from_db()
        return receipt

    return now


def test_a_receipt_is_filed_after_the_commit(disk: Path, issue: Callable[[], Receipt]) -> None:
    receipt = issue()
    assert receipt.state == Receipt.State.FILED
    assert (disk / "receipts" / receipt.filename).read_bytes() == filing.draw(receipt)


def test_a_storage_that_fails_costs_neither_the_sale_nor_the_receipt(
    broken: Path, issue: Callable[[], Receipt]
) -> None:
    """F32."""
    with time_machine.travel(NOON, tick=False) as clock:
        receipt = issue()
        assert (receipt.state, receipt.attempts) == (Receipt.State.WAITING, 1)
        assert receipt.error
        assert Sale.objects.get().is_paid
        assert filing.read(receipt).startswith(b"%PDF"), "it can be downloaded all the same"
        broken.unlink()
        assert filing.file_waiting() == (0, 0), "not before its time"
        clock.shift(timedelta(minutes=2))
        assert filing.file_waiting() == (1, 0)
        assert filing.file_waiting() == (0, 0)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.error) == (Receipt.State.FILED, "")


def test_a_paper_that_cannot_be_drawn_costs_neither_and_is_drawn_later(
    disk: Path, issue: Callable[[], Receipt], monkeypatch: pytest.MonkeyPatch
) -> None:
    """F32: the library fails, as when its font cannot be read."""
    with time_machine.travel(NOON, tick=False) as clock, monkeypatch.context() as patch:
        patch.setattr("fpdf.FPDF.add_font", lambda *args, **kwargs: 1 / 0)
        receipt = issue()
        assert (receipt.state, receipt.error) == (Receipt.State.WAITING, "ZeroDivisionError")
        assert Sale.objects.get().is_paid
        patch.undo()
        clock.shift(timedelta(minutes=2))
        assert filing.file_waiting() == (1, 0)


def test_it_is_tried_for_a_week() -> None:
    pauses = [
        min(filing.BACK_OFF * 2**count, filing.LONGEST_BACK_OFF) for count in range(filing.ATTEMPTS - 1)
    ]
    assert timedelta(days=5) < sum(pauses, timedelta()) < timedelta(days=8)


def test_then_it_is_given_up_until_somebody_takes_it_up_again(
    broken: Path, issue: Callable[[], Receipt]
) -> None:
    receipt = issue()
    Receipt.objects.update(attempts=filing.ATTEMPTS - 1, next_try=papers.START - timedelta(days=999))
    assert filing.file_waiting() == (0, 1)
    broken.unlink()
    call_command("file_receipts")
    receipt.refresh_from_db()
    assert receipt.state == Receipt.State.PARKED
    call_command("file_receipts", parked=True)
    receipt.refresh_from_db()
    assert receipt.state == Receipt.State.FILED


def test_what_was_stored_before_the_process_died_is_not_stored_twice(
    disk: Path, issue: Callable[[], Receipt]
) -> None:
    receipt = issue()
    Receipt.objects.update(state=Receipt.State.WAITING, next_try=papers.START - timedelta(days=999))
    assert filing.file(receipt.pk)
    assert len(list((disk / "receipts").iterdir())) == 1


def test_nothing_that_stands_there_is_overwritten(disk: Path, issue: Callable[[], Receipt]) -> None:
    sale = papers.sale()
    receipt = receipts.issue(sale, papers.invoice(sale))
    storages["receipts"].save(f"receipts/{receipt.filename}", ContentFile(b"somebody else's"))
    assert filing.file(receipt.pk)
    wanted = receipt.filename
    receipt.refresh_from_db()
    assert receipt.filename != wanted
    assert (disk / "receipts" / wanted).read_bytes() == b"somebody else's"
    assert filing.read(receipt).startswith(b"%PDF")


def test_two_who_file_at_once_do_it_once(disk: Path, issue: Callable[[], Receipt]) -> None:
    sale = papers.sale()
    receipt = receipts.issue(sale, papers.invoice(sale))
    assert filing._claim(receipt.pk) is not None
    assert not filing.file(receipt.pk), "somebody is at it"


def test_a_paper_that_vanished_from_the_storage_is_made_anew(
    disk: Path, issue: Callable[[], Receipt]
) -> None:
    receipt = issue()
    filed = (disk / "receipts" / receipt.filename).read_bytes()
    (disk / "receipts" / receipt.filename).unlink()
    assert filing.read(receipt) == filed


def test_the_command_says_what_it_did_and_ends_with_1_if_something_is_left(
    broken: Path, issue: Callable[[], Receipt], capsys: pytest.CaptureFixture[str]
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        issue()
        clock.shift(timedelta(minutes=2))
        with pytest.raises(CommandError) as raised:
            call_command("file_receipts")
    assert raised.value.returncode == 1
    assert "0 papers filed, 1 left for later; 0 refunds credited." in capsys.readouterr().out


@pytest.fixture
def dropbox(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What lies in Dropbox, by path. It cannot be reached twice; from then on django-storages and Dropbox's own
    client are at work, up to where they would call it."""
    from dropbox import Dropbox
    from dropbox.exceptions import ApiError
    from dropbox.files import WriteMode
    from requests import ConnectionError as NoConnection

    there: dict[str, bytes] = {}
    outages = [NoConnection("no route"), NoConnection("no route")]

    def upload(self: Any, content: bytes, path: str, mode: WriteMode) -> None:
        if outages:
            raise outages.pop()
        assert mode == WriteMode.add
        assert path not in there
        there[path] = content

    def metadata(self: Any, path: str) -> str:
        if path not in there:
            raise ApiError("request", "not_found", None, None)
        return path

    monkeypatch.setattr(Dropbox, "files_upload", upload)
    monkeypatch.setattr(Dropbox, "files_get_metadata", metadata)
    keys = {"app_key": "key", "app_secret": "secret", "oauth2_refresh_token": "token"}
    options = {**keys, "write_mode": "add", "timeout": 10}
    backend = "storages.backends.dropbox.DropboxStorage"
    settings.STORAGES = settings.STORAGES | {"receipts": {"BACKEND": backend, "OPTIONS": options}}
    return there


@pytest.mark.slow
def test_with_a_refresh_token_receipts_go_to_dropbox_and_wait_while_it_cannot_be_reached(
    dropbox: dict[str, bytes], issue: Callable[[], Receipt]
) -> None:
    """F32."""
    with time_machine.travel(NOON, tick=False) as clock:
        receipt = issue()
        assert (receipt.state, receipt.error, Sale.objects.get().is_paid) == (
            Receipt.State.WAITING,
            "ConnectionError",
            True,
        )
        for filed in ((0, 1), (1, 0), (0, 0)):
            clock.shift(timedelta(minutes=5))
            assert filing.file_waiting() == filed
    assert dropbox == {f"/receipts/{receipt.filename}": filing.draw(receipt)}
