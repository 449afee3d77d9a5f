"""A new kind of reminder has its words wherever it is named, or this fails."""

import pytest

from domain.reminders import KINDS
from locales.catalogue import LANGUAGES, Catalogue


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_named_in_the_settings(catalogue_of_all: Catalogue, kind: str, language: str) -> None:
    keys = [f"reminder.kind.{kind}"]
    if not KINDS[kind].duty:
        keys += [f"reminder.changed.{kind}.{turn}" for turn in ("on", "off")]
    for key in keys:
        assert catalogue_of_all.say(language, key)


@pytest.fixture(scope="module")
def catalogue_of_all() -> Catalogue:
    return Catalogue.load()
