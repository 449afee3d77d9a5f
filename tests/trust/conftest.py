"""A town over each kind of database."""

import pytest

from tests.trust.town import Town
from tests.world import World


@pytest.fixture
def town(service: World) -> Town:
    """People and cases of two workrooms."""
    return Town(service)
