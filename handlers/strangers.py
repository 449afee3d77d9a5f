"""People who have agreed to nothing yet: what they said waits in memory only, and is never stored."""

from collections import OrderedDict
from dataclasses import replace
from typing import TypeVar

from domain.messages import Inbound, Start, Text
from storage.sessions import Key

KEPT = 1000
"""So many strangers are remembered; the one heard longest ago is forgotten first."""

LONGEST = 4096
"""Characters of what each has said: one message of the platforms, memory is not theirs to fill."""

T = TypeVar("T")


class Strangers:
    """The last thing each of them said, who was asked for consent, and the language they asked for."""

    def __init__(self) -> None:
        self.said: OrderedDict[Key, Inbound] = OrderedDict()
        self._came: OrderedDict[Key, str] = OrderedDict()
        self._asked: OrderedDict[Key, bool] = OrderedDict()
        self._languages: OrderedDict[Key, str] = OrderedDict()

    def hear(self, key: Key, inbound: Inbound) -> None:
        """Keep it until they agree: the code they came with, and beside it what they said last."""
        held, what = self.said.get(key), inbound.what
        if isinstance(what, Start):
            if what.payload:
                _keep(self._came, key, what.payload)
            if held is not None and (not what.payload or not isinstance(held.what, Start)):
                return
        _keep(self.said, key, _short(inbound))

    def take(self, key: Key) -> Inbound | None:
        """What they had said: they have agreed, or declined, and it is forgotten here."""
        self._asked.pop(key, None)
        self._came.pop(key, None)
        return self.said.pop(key, None)

    def ask(self, key: Key) -> None:
        """They are being asked for their consent."""
        _keep(self._asked, key, True)

    def was_asked(self, key: Key) -> bool:
        """Whether they have seen the question, so that 「1」 or 「好的」 can be the answer to it."""
        return key in self._asked

    def payload(self, key: Key) -> str:
        """The code they came with, so that the button of consent carries it."""
        return self._came.get(key, "")

    def speak(self, key: Key, language: str) -> None:
        """They want to be answered in this language."""
        _keep(self._languages, key, language)

    def language(self, key: Key) -> str | None:
        """The language they asked for, if they did."""
        return self._languages.get(key)


def _keep(held: OrderedDict[Key, T], key: Key, value: T) -> None:
    held[key] = value
    held.move_to_end(key)
    while len(held) > KEPT:
        held.popitem(last=False)


def _short(inbound: Inbound) -> Inbound:
    what = inbound.what
    return replace(inbound, what=Text(what.text[:LONGEST]) if isinstance(what, Text) else what, quoted="")
