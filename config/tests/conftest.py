"""What several tests look at: the API's description, which takes seconds to make."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS

from accounts.models import User
from config import api_pages
from config.tests import stage as stages
from config.tests.stage import Stage


@pytest.fixture(scope="session")
def described() -> dict[str, Any]:
    """As `spectacular --fail-on-warn` makes it, in English."""
    with translation.override("en"):
        made = api_pages._described("en")
    assert not GENERATOR_STATS, "drf-spectacular has complaints; see above"
    return made


@pytest.fixture
def stage(machines: Any, card: Callable[..., str], alice: User, bob: User, charlie: User, db: None) -> Stage:
    return stages.build(machines, card, alice, bob, charlie)
