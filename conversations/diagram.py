"""Draws every conversation as a Mermaid diagram, from the flows themselves."""

from collections.abc import Iterator, Mapping

from conversations.flow import Card, Choose, End, Flow, FromContext, FromData, Step, Then, Write


def drawn(flow: Flow) -> str:
    """One flow: boxes are questions, rounded ends are effects, arrows carry the choice that leads there."""
    lines = ["flowchart TD"]
    lines += [f"    {name}{_box(name, step)}" for name, step in flow.steps.items()]
    for name, step in flow.steps.items():
        lines += [
            f"    {name} -->|{label}| {to}" if label else f"    {name} --> {to}"
            for label, to in _arrows(flow, step)
        ]
    return "\n".join(lines)


def _box(name: str, step: Step) -> str:
    match step:
        case Write():
            return f"[/{name}/]"
        case Choose():
            return f"{{{name}}}"
        case Card():
            return f"[{name}]"
        case End():
            return f"([{name}])"


def _arrows(flow: Flow, step: Step) -> Iterator[tuple[str, str]]:
    match step:
        case Write():
            yield from _to(flow, "", step.then)
            if step.skip:
                yield from _to(flow, "skip", step.skip)
        case Choose():
            yield from _choices(flow, step)
        case Card():
            yield from _to(flow, "send", step.then)
            for field in step.fields:
                yield "change", field


def _choices(flow: Flow, step: Choose) -> Iterator[tuple[str, str]]:
    if isinstance(step.then, Mapping):
        for option, then in step.then.items():
            yield from _to(flow, option, then)
    else:
        options = step.options
        name = options.name if isinstance(options, FromContext | FromData) else ", ".join(options)
        yield from _to(flow, name, step.then)
    if step.found:
        yield from _to(flow, step.looks_up, step.found)


def _to(flow: Flow, label: str, then: Then) -> Iterator[tuple[str, str]]:
    """A computed arrow may lead to any of the flow's branches."""
    for target in (then,) if isinstance(then, str) else flow.branches:
        yield label, target
