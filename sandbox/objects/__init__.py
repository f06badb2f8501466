"""Stripe's objects, one module (or package) per kind: its operations, its states, and what it does when time passes.

Every module below this package is found and loaded by itself; a new one needs no line anywhere else.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.store import Record
    from sandbox.world import World


def load() -> None:
    """Import every module here, the pages and the control interface, so that their handlers are registered."""
    for package in ("sandbox.objects", "sandbox.pages"):
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}."):
            importlib.import_module(module.name)
    importlib.import_module("sandbox.control")


def open_account(world: World) -> Record:
    """The account itself, made with a new sandbox."""
    from sandbox.objects import account

    return account.create(world)
