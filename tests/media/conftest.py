"""A shelf in a folder of its own, and what lies in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.media import MediaRefused
from storage.media import Shelf

Lying = Callable[[], list[Path]]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "media")
    yield shelf
    shelf.close()


@pytest.fixture
def lying(tmp_path: Path) -> Lying:
    """All files below the test's folder, inside the shelf and outside."""
    return lambda: sorted(file for file in tmp_path.rglob("*") if file.is_file())


async def refusal(
    shelf: Shelf, data: bytes, claimed: str | None = None, wanted: str | None = None
) -> MediaRefused:
    """The refusal this must meet."""
    with pytest.raises(MediaRefused) as caught:
        await shelf.take(data, claimed, wanted)
    return caught.value
