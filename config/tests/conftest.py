"""What several tests look at: the API's description, which takes seconds to make."""

from typing import Any

import pytest
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS

from config import api_pages


@pytest.fixture(scope="session")
def described() -> dict[str, Any]:
    """As `spectacular --fail-on-warn` makes it, in English."""
    with translation.override("en"):
        made = api_pages._described("en")
    assert not GENERATOR_STATS, "drf-spectacular has complaints; see above"
    return made
