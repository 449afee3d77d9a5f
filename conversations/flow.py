"""A conversation as data: steps of a few kinds, checked for loose ends when it is built."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.effects import Effect

Data = dict[str, Any]
Context = Mapping[str, Any]
Check = Callable[[str], str]
Shows = Callable[[Data, Context], Mapping[str, Any]]
Then = str | Callable[[Data], str]

MAX_FILES = 9
"""Files one conversation takes (issue: up to nine)."""

WORDS_AND_FILES = ("text", "photo", "voice", "video", "document", "position")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: words by the step's own key, or `text` when they come from the registry."""

    id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FromContext:
    """Options the desk loads (categories, colleagues); paged when there are many.

    `by` names the earlier answer they depend on (the communities of a street).
    """

    name: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class FromData:
    """Options that came with the conversation or were looked up in it: `data[name]`, a list of {id, text}.

    Those of `fixed` have words of the step's own and need no text.
    """

    name: str
    fixed: tuple[str, ...] = ()


def nothing(data: Data, ctx: Context) -> Mapping[str, Any]:
    """No parameters for the step's message."""
    return {}


@dataclass(frozen=True, slots=True)
class Write:
    """Ask for words, and take what `accepts` names beside them.

    The words go to `data[into]` (the step's name by default) after `check`, which raises Retry.
    With `enough` a file of that kind may stand for the words. `skip` names the step after 「跳过」.
    """

    then: Then
    check: Check
    accepts: tuple[str, ...] = ("text",)
    into: str = ""
    enough: tuple[str, ...] = ()
    skip: Then | None = None
    shows: Shows = nothing
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choose:
    """One of several options; the choice's id goes to `data[into]`.

    `among` names what the desk loads when only some of the options are possible now.
    `looks_up` names what the desk finds for words or a position sent instead of a choice (a list of
    {id, text}): it goes to `data["found"]` and `found` follows; the position itself is not kept.
    With `alone` a single option is taken without asking. Words and files that `accepts` names are no
    choice: they are gathered in `data[adds_to]` and beside it.
    """

    options: tuple[str, ...] | FromContext | FromData
    then: Then | Mapping[str, Then]
    into: str = ""
    shows: Shows = nothing
    wants: tuple[str, ...] = ()
    looks_up: str = ""
    found: Then | None = None
    alone: bool = False
    accepts: tuple[str, ...] = ()
    adds_to: str = ""
    check: Check | None = None
    among: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything gathered so far, to check: send it, or change one field and come back.

    `prepare` fills in what can be suggested. Words and files sent now belong to `adds_to`.
    """

    fields: tuple[str, ...]
    then: Then
    accepts: tuple[str, ...] = ()
    adds_to: str = ""
    check: Check | None = None
    prepare: Callable[[Data, Context], Data] | None = None
    shows: Shows = nothing
    ready: Callable[[Data], None] | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over; `effect` is made from what was gathered."""

    effect: Callable[[Data, Context], Effect] | None = None
    says: str = ""


Step = Write | Choose | Card | End


def targets(step: Step) -> Iterator[Then]:
    """Every arrow that leads out of a step."""
    if isinstance(step, End):
        return
    if isinstance(step, Choose):
        yield from step.then.values() if isinstance(step.then, Mapping) else (step.then,)
        if step.found:
            yield step.found
        return
    yield step.then
    if isinstance(step, Write) and step.skip:
        yield step.skip
    if isinstance(step, Card):
        yield from step.fields


@dataclass(frozen=True, slots=True)
class Flow:
    """A named graph of steps. Building one with a dangling arrow or an unreachable step fails.

    `branches` names every step a computed arrow may lead to. `keeps_draft` flows survive an
    interruption: what was gathered is offered again (EXPERIENCE 16). `reads` names what nearly every step
    of it asks the desk for. In `menu` flows something is chosen or recorded: 取消 leaves nothing unsent.
    """

    name: str
    first: str
    steps: Mapping[str, Step]
    branches: tuple[str, ...] = ()
    keeps_draft: bool = False
    given: tuple[str, ...] = field(default=())
    reads: tuple[str, ...] = ()
    menu: bool = False

    @property
    def cancelled(self) -> str:
        """What is said when it is cancelled."""
        return "flow.left" if self.menu else "flow.cancelled"

    def __post_init__(self) -> None:
        named = {self.first, *self.branches}
        for step in self.steps.values():
            named.update(t for t in targets(step) if isinstance(t, str))
            self._check_choices(step)
        if missing := named - set(self.steps):
            raise ValueError(f"{self.name}: arrows to {sorted(missing)}, which are no steps")
        if loose := set(self.steps) - named:
            raise ValueError(f"{self.name}: steps {sorted(loose)} are never reached")
        if not any(isinstance(s, End) for s in self.steps.values()):
            raise ValueError(f"{self.name}: never ends")

    def _check_choices(self, step: Step) -> None:
        if not isinstance(step, Choose) or isinstance(step.options, FromContext | FromData):
            return
        if isinstance(step.then, Mapping) and set(step.then) != set(step.options):
            raise ValueError(f"{self.name}: options {step.options} but arrows {sorted(step.then)}")


def _worded(step: Choose) -> tuple[str, ...]:
    """The options whose words are the step's own."""
    if isinstance(step.options, FromData):
        return step.options.fixed
    return () if isinstance(step.options, FromContext) else step.options


def holds_anything(data: Data) -> bool:
    """Whether something was gathered that would be missed if it were lost."""
    return bool(data.get("words") or data.get("files") or data.get("position"))


def keys_of(flow: Flow) -> Iterator[str]:
    """Every locale key the flow speaks with."""
    for name, step in flow.steps.items():
        here = f"{flow.name}.{name}"
        if isinstance(step, End):
            if step.says:
                yield step.says
            continue
        yield here
        if isinstance(step, Choose):
            yield from (f"{here}.{option}" for option in _worded(step))
        if isinstance(step, Card):
            yield f"{here}.send"
            yield from (f"{here}.change_{name}" for name in step.fields)
