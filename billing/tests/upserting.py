"""What the tests of the catalogue at Stripe share: what a command prints, and what there is."""

from typing import Any

from django.core.management import call_command


def lines(command: str, capsys: Any, *arguments: str) -> list[str]:
    """What a command prints."""
    call_command(command, *arguments)
    return str(capsys.readouterr().out).splitlines()


def all_of(kind: Any, **params: Any) -> list[Any]:
    """All that a list of Stripe's holds, of a hundred at most."""
    return list(kind.list({"limit": 100, **params})["data"])
