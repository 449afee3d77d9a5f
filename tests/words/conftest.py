"""The catalogue as it ships, and small ones written for a test."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from locales.catalogue import LANGUAGES, Catalogue
from locales.entries import Book, read

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def books() -> Mapping[str, Book]:
    return {language: read(language) for language in LANGUAGES}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write entries for both languages beside the shipped formats; returns the folder to load."""

    def written(zh_CN: Mapping[str, str], en: Mapping[str, str] | None = None, more: str = "") -> Path:
        for language, entries in (("zh_CN", zh_CN), ("en", zh_CN if en is None else en)):
            folder = tmp_path / language
            folder.mkdir(exist_ok=True)
            lines = [f'msgid "{key}"\nmsgstr "{text}"\n' for key, text in entries.items()]
            (folder / "test.po").write_text("\n".join(lines) + more, "utf-8")
        return tmp_path

    return written
