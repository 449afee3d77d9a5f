"""What a line of the transcript holds, and how the page gets to see it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.messages import Rendered, Words
from storage.web import Line

Body = dict[str, Any]


def body_of(rendered: Rendered, media: Mapping[int, Any]) -> Body:
    """A message as a line's body; media bear their kind, so that the page knows how to show them."""
    return {
        "text": rendered.text,
        "buttons": [
            [{"data": button.data, "label": button.label, "minor": button.minor} for button in row]
            for row in rendered.buttons
        ],
        "media": [_medium(number, media.get(number)) for number in rendered.media],
        "wants": list(rendered.wants),
        "key": rendered.key,
        "replaces": rendered.replaces,
    }


def _medium(number: int, kept: Any) -> Body:
    if kept is None:
        return {"id": number, "kind": "document"}
    return {"id": number, "kind": kept.kind, "width": kept.width, "height": kept.height}


class Showing:
    """Lines as JSON for the page, with their day and time in words of the district's own zone."""

    def __init__(self, words: Words, language: str) -> None:
        self._words = words
        self._language = language

    def lines(self, lines: Iterable[Line]) -> list[Body]:
        """What the page shows or applies, in order."""
        return [self.line(line) for line in lines]

    def line(self, line: Line) -> Body:
        """One line; `mine` is what the visitor said, `sent` the page's own name for it."""
        marks = {"id": line.id, "mine": line.incoming, "sent": line.sent_id}
        return {**line.body, **marks, **self._when(line.at)}

    def unkept(self, body: Body, at: datetime) -> Body:
        """A message that was not stored: it has no number."""
        return {**body, "id": None, "mine": False, "sent": None, **self._when(at)}

    def _when(self, at: datetime) -> Body:
        moment = {"at": at.isoformat()}
        return {
            **moment,
            "day": self._words.say(self._language, "web.day", moment),
            "time": self._words.say(self._language, "web.time", moment),
        }
