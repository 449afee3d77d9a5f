"""How a step asks: its message, and the choices that stand under it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from conversations.flow import Card, Choose, Context, Data, End, Flow, FromContext, FromData, Option, Write
from domain.messages import Choice, Message, Rows

LONGEST_NUMBER = 20
"""Characters with which a number is typed, blanks and a full stop included."""

PAGE = 8
"""Options on one page; more are paged."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step's question; `visible` are its choices in reading order, as their numbers count."""

    message: Message

    @property
    def visible(self) -> tuple[Choice, ...]:
        """The choices in reading order."""
        return tuple([choice for row in self.message.choices for choice in row])


def number_of(text: str, shown: tuple[Choice, ...]) -> Choice | None:
    """The choice whose number (from 1, full-width digits too) the text is.

    返回 and 取消 have none: whoever answers 「6」 to how many came must not have cancelled.
    """
    if len(text) > LONGEST_NUMBER:
        return None
    visible = tuple(choice for choice in shown if not is_way(choice.data))
    plain = unicodedata.normalize("NFKC", text).strip().rstrip(".、。")
    if plain.isascii() and plain.isdigit() and len(plain) < 4 and 1 <= int(plain) <= len(visible):
        return visible[int(plain) - 1]
    return None


def options_of(step: Choose, data: Data, ctx: Context) -> tuple[Option, ...]:
    """All options of a step, whatever the page."""
    if isinstance(step.options, FromContext):
        name, by = step.options.name, step.options.by
        loaded: tuple[Option, ...] = tuple(ctx[f"{name}:{data.get(by, '')}" if by else name])
        return loaded
    if isinstance(step.options, FromData):
        return tuple(Option(str(o["id"]), o.get("text", "")) for o in data.get(step.options.name, ()))
    possible = ctx[step.among] if step.among else step.options
    return tuple(Option(name) for name in step.options if name in possible)


def ask(flow: Flow, name: str, data: Data, ctx: Context) -> Asked:
    """The question of a step, with everything that can be chosen."""
    step = flow.steps[name]
    if isinstance(step, End):
        raise ValueError(f"{flow.name}.{name} asks nothing")
    here = f"{flow.name}.{name}"
    params: Mapping[str, object] = step.shows(data, ctx)
    wants = () if isinstance(step, Card) else step.wants
    own = _own_rows(step, here, data, ctx)
    return Asked(Message(here, params, own + _ways_out(step, data), wants=wants))


def _start(data: Data) -> str:
    """What every button of this question begins with; the option's name follows."""
    return f"~{data['key']}.{data['q']}."


def _own_rows(step: Write | Choose | Card, here: str, data: Data, ctx: Context) -> Rows:
    start = _start(data)
    if isinstance(step, Write):
        return ((Choice(f"{start}skip", "flow.skip"),),) if step.skip else ()
    if isinstance(step, Card):
        send = (Choice(f"{start}send", f"{here}.send"),)
        changes = [Choice(f"{start}change_{f}", f"{here}.change_{f}", minor=True) for f in step.fields]
        return (send, *_in_rows(changes, 3))
    return _option_rows(step, here, data, ctx)


def on_every_page(flow: Flow, name: str, data: Data, ctx: Context) -> tuple[Choice, ...]:
    """All that a step lets choose, a few pages at most: a word names what stands on the next page too."""
    step = flow.steps[name]
    options = options_of(step, data, ctx) if isinstance(step, Choose) else ()
    here, start = f"{flow.name}.{name}", _start(data)
    return tuple([_option(here, option, start) for option in options[:NAMED]])


NAMED = 4 * PAGE
"""Options that can be named without being seen; longer lists are looked up by words of their own."""


def _option(here: str, option: Option, start: str) -> Choice:
    if option.text:
        return Choice.named(f"{start}{option.id}", option.text)
    return Choice(f"{start}{option.id}", f"{here}.{option.id}")


def _option_rows(step: Choose, here: str, data: Data, ctx: Context) -> Rows:
    options, page, start = options_of(step, data, ctx), data.get("page", 0), _start(data)
    choices = [_option(here, option, start) for option in options[page * PAGE : (page + 1) * PAGE]]
    rows = _in_rows(choices, 2 if len(choices) > 4 else 1)
    turn = []
    if page > 0:
        turn.append(Choice(f"{start}page_back", "flow.page_back", minor=True))
    if (page + 1) * PAGE < len(options):
        turn.append(Choice(f"{start}page_next", "flow.page_next", minor=True))
    return (*rows, tuple(turn)) if turn else rows


def _in_rows(choices: list[Choice], wide: int) -> Rows:
    return tuple([tuple(choices[i : i + wide]) for i in range(0, len(choices), wide)])


def _ways_out(step: Write | Choose | Card, data: Data) -> Rows:
    """返回, 重来 and 取消 stand under every question (EXPERIENCE 15)."""
    earlier, start = ["back"] if data["trail"] else [], _start(data)
    ways = [*(["again"] if isinstance(step, Card) else earlier), "cancel"]
    return (tuple([Choice(f"{start}{way}", f"flow.{way}", minor=True) for way in ways]),)


WAYS = frozenset({"back", "again", "cancel", "skip"})


def is_question(data: str) -> bool:
    """Whether a button belongs to a question: then numbers count the choices of this question alone."""
    return data.startswith(("~", "agree:"))


def is_way(data: str) -> bool:
    """Whether a button is 返回, 重来, 取消 or 跳过: a word, since a number may be the answer itself."""
    return data.startswith("~") and data.rpartition(".")[2] in WAYS


def every_way(data: Data) -> tuple[Choice, ...]:
    """返回, 重来 and 取消 as plain words work in every state, whether or not a button shows them."""
    start = _start(data)
    return tuple([Choice(f"{start}{way}", f"flow.{way}") for way in ("back", "again", "cancel")])
