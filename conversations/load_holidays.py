"""The office sends the year's notice of working days as a file."""

from conversations.flow import Context, Data, End, Flow, Write
from domain.effects import LoadHolidays
from domain.errors import Retry


def _no_words(text: str) -> str:
    raise Retry("load_holidays.a_file")


def _load(data: Data, ctx: Context) -> LoadHolidays:
    return LoadHolidays(int(data["files"][-1]), data["key"])


LOAD_HOLIDAYS = Flow(
    name="load_holidays",
    menu=True,
    first="file",
    steps={
        "file": Write("loaded", _no_words, accepts=("document",), enough=("document",), wants=("document",)),
        "loaded": End(_load),
    },
)
