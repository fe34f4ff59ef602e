"""What the tests of pictures share."""

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """Return where matplotlib may keep its fonts."""
    return tmp_path_factory.mktemp("workspace") / "cache"
