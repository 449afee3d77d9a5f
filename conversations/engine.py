"""Walks a conversation: a function from where it stands and what came in to what should happen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conversations.flow import MAX_FILES, Card, Check, Choose, Context, Data, End, Flow, Then, Write
from conversations.questions import Asked, ask, every_way, number_of, on_every_page, options_of
from domain.effects import Effect
from domain.errors import Retry
from domain.messages import Choice, Message, Position, Press, Stored, Text

Pick = Callable[[str, tuple[Choice, ...]], Choice | None]
"""Which of the visible choices a text names, by label or keyword."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a conversation stands; `data` is JSON and holds its key, its question number and trail."""

    flow: str
    step: str
    data: Data

    @property
    def state(self) -> str:
        """As it is written beside the person: `<flow>:<step>`."""
        return f"{self.flow}:{self.step}"


@dataclass(frozen=True, slots=True)
class Turn:
    """What should happen: the conversation's next standing (none: it is over), words, effects."""

    talk: Talk | None
    messages: tuple[Message, ...] = ()
    effects: tuple[Effect, ...] = ()
    cancelled: bool = False


def sound(data: Data, fresh_key: Callable[[], str]) -> Data:
    """The data with a key, a question number and a trail, also where another program has written it."""
    ours: Data = {"key": data.get("key"), "q": data.get("q"), "trail": data.get("trail")}
    if not isinstance(ours["key"], str):
        ours["key"] = fresh_key()
    if type(ours["q"]) is not int:
        ours["q"] = 0
    if not isinstance(ours["trail"], list):
        ours["trail"] = []
    return {**data, **ours}


class Stale(Exception):
    """A button of an earlier question: explain, and show the current one."""


def begin(flow: Flow, key: str, data: Mapping[str, Any], ctx: Context, at: str = "") -> Turn:
    """Start a conversation; `key` identifies it and becomes its effect's key."""
    return _go(flow, {"q": 0, **data, "key": key, "trail": []}, at or flow.first, ctx)


def resume(flow: Flow, talk: Talk, ctx: Context) -> Turn:
    """Ask the current question again (an interrupted conversation, a stale button)."""
    step = talk.step if talk.step in flow.steps else flow.first
    return _arrive(flow, dict(talk.data), step, ctx)


def advance(
    flow: Flow, talk: Talk, what: Text | Press | Stored | Position | object, ctx: Context, pick: Pick
) -> Turn:
    """One step. Raises Stale for a button of an earlier question; bad input asks again."""
    if talk.step not in flow.steps:
        return resume(flow, talk, ctx)
    try:
        chosen = _pressed(talk, what) if isinstance(what, Press) else None
        if isinstance(what, Text):
            writing = isinstance(flow.steps[talk.step], Write)
            unseen = on_every_page(flow, talk.step, talk.data, ctx)
            chosen = _named(ask(flow, talk.step, talk.data, ctx), unseen, talk, what, pick, writing)
        if chosen is not None:
            return _choose(flow, talk, chosen, ctx)
        return _take(flow, talk, what, ctx)
    except Retry as trouble:
        asked = ask(flow, talk.step, talk.data, ctx).message
        return Turn(talk, (replace(asked, key=trouble.key, params=trouble.params),))


def _pressed(talk: Talk, what: Press) -> str:
    mine = f"~{talk.data['key']}.{talk.data['q']}."
    if not what.data.startswith(mine):
        raise Stale
    return what.data.removeprefix(mine)


def _named(
    asked: Asked, unseen: tuple[Choice, ...], talk: Talk, what: Text, pick: Pick, writing: bool
) -> str | None:
    choice = pick(what.text, asked.visible + every_way(talk.data)) or pick(what.text, unseen)
    if choice is None and not writing:
        choice = number_of(what.text, asked.visible)
    return choice.data.split(".", 2)[2] if choice else None


def _choose(flow: Flow, talk: Talk, option: str, ctx: Context) -> Turn:
    data = dict(talk.data)
    if option == "cancel":
        return Turn(None, (Message(flow.cancelled),), cancelled=True)
    if option == "again":
        kept = {name: data[name] for name in flow.given if name in data}
        return begin(flow, data["key"], {**kept, "q": data["q"]}, ctx)
    if option == "back":
        return _back(flow, talk, data, ctx)
    if option in ("page_next", "page_back"):
        data["page"] = max(0, data.get("page", 0) + (1 if option == "page_next" else -1))
        return _arrive(flow, data, talk.step, ctx)
    return _choose_own(flow, talk.step, data, option, ctx)


def _back(flow: Flow, talk: Talk, data: Data, ctx: Context) -> Turn:
    trail = list(data["trail"])
    if not trail:
        return Turn(None, (Message(flow.cancelled),), cancelled=True)
    data["trail"] = trail[:-1]
    return _arrive(flow, data, trail[-1], ctx)


def _choose_own(flow: Flow, name: str, data: Data, option: str, ctx: Context) -> Turn:
    step = flow.steps[name]
    if isinstance(step, Write) and option == "skip" and step.skip:
        return _go(flow, data, step.skip, ctx, name)
    if isinstance(step, Card):
        if option == "send":
            if step.ready:
                step.ready(data)
            return _go(flow, data, step.then, ctx, name)
        if option.removeprefix("change_") in step.fields:
            return _go(flow, data, option.removeprefix("change_"), ctx, name)
    if isinstance(step, Choose) and option in {o.id for o in options_of(step, data, ctx)}:
        data, then = _taken(step, name, data, option)
        return _go(flow, data, then, ctx, name)
    raise Stale


def _taken(step: Choose, name: str, data: Data, option: str) -> tuple[Data, Then]:
    then = step.then[option] if isinstance(step.then, Mapping) else step.then
    return {**data, (step.into or name): option}, then


def _take(flow: Flow, talk: Talk, what: object, ctx: Context) -> Turn:
    step, data = flow.steps[talk.step], dict(talk.data)
    if isinstance(step, Choose) and step.looks_up and step.found and isinstance(what, Text | Position):
        found = {step.into or talk.step: "", "found": list(ctx[step.looks_up])}  # a choice before it is void
        return _go(flow, {**data, **found}, step.found, ctx, talk.step)
    if isinstance(step, Write):
        return _written(flow, step, talk, data, what, ctx)
    if isinstance(step, Card | Choose) and step.accepts:
        _gather(data, what, step.accepts, step.adds_to, step.check)
        return _arrive(flow, data, talk.step, ctx)
    raise Retry("retry.choose")


def _written(flow: Flow, step: Write, talk: Talk, data: Data, what: object, ctx: Context) -> Turn:
    into = step.into or talk.step
    if isinstance(what, Text):
        data[into] = step.check(what.text)
        return _go(flow, data, step.then, ctx, talk.step)
    _gather(data, what, step.accepts, into, step.check)
    if data.get(into) or (isinstance(what, Stored) and what.kind in step.enough):
        return _go(flow, data, step.then, ctx, talk.step)
    if isinstance(what, Position) and "position" in step.enough:
        return _go(flow, data, step.then, ctx, talk.step)
    return _arrive(flow, data, talk.step, ctx)


def _gather(data: Data, what: object, accepts: tuple[str, ...], into: str, check: Check | None) -> None:
    """Put more of the same request where it belongs."""
    if isinstance(what, Text) and "text" in accepts:
        _add_words(data, what.text, into, check)
    elif isinstance(what, Stored) and what.kind in accepts:
        files = list(data.get("files", []))
        if len(files) >= MAX_FILES:
            raise Retry("retry.too_many_files", most=MAX_FILES)
        data["files"] = [*files, what.media]
        data["kinds"] = [*data.get("kinds", []), what.kind]
        if what.caption:
            _add_words(data, what.caption, into, check)
    elif isinstance(what, Position) and "position" in accepts:
        data["position"] = [what.latitude, what.longitude]
        data["place"] = what.label or data.get("place", "")
    else:
        raise Retry("retry.kind_not_taken")


def _add_words(data: Data, words: str, into: str, check: Check | None) -> None:
    more = "\n".join(filter(None, [data.get(into, ""), words.strip()]))
    data[into] = check(more) if check else more


def _go(flow: Flow, data: Data, then: Then, ctx: Context, leaving: str = "") -> Turn:
    """Follow an arrow; the step left is remembered for 返回."""
    name = then if isinstance(then, str) else then(data)
    data = {k: v for k, v in data.items() if k != "page"}
    if leaving and leaving != name:
        trail = [step for step in data["trail"] if step != leaving]
        data["trail"] = trail[: trail.index(name)] if name in trail else [*trail, leaving]
    return _arrive(flow, data, name, ctx)


def _arrive(flow: Flow, data: Data, name: str, ctx: Context) -> Turn:
    step = flow.steps[name]
    if isinstance(step, End):
        says = (Message(step.says),) if step.says else ()
        return Turn(None, says, (step.effect(data, ctx),) if step.effect else ())
    if isinstance(step, Choose) and step.alone and len(only := options_of(step, data, ctx)) == 1:
        data, then = _taken(step, name, data, only[0].id)
        return _go(flow, data, then, ctx)
    if isinstance(step, Card) and step.prepare:
        data = step.prepare(data, ctx)
    data = {**data, "q": data["q"] + 1}
    return Turn(Talk(flow.name, name, data), (ask(flow, name, data, ctx).message,))
