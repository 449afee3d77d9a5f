"""Keys that are put together while running: their fixed head, the place that makes them, what they can be.

Add a line when a module makes keys (`f"notice.{action}.{part}"`); leave `keys` empty only where the
registry or the planner decides.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """`prefix` is what stands before the first `{` in the code of `where`; all of `keys` must have words."""

    prefix: str
    where: str
    keys: tuple[str, ...] = ()


DYNAMIC: tuple[Made, ...] = (
    Made("flow.", "conversations/questions.py", ("flow.back", "flow.again", "flow.cancel")),
    # The words of the import have their own sheet names, columns and problems; this one makes them all.
    Made("registry.", "bot/registry_words.py"),
    Made("registry.choice.", "bot/registry_words.py"),
    Made("registry.column.", "bot/registry_words.py"),
    Made("registry.sheet.", "bot/registry_words.py"),
    Made("registry.problem.", "bot/commands/registry.py"),
    Made("registry.problem.", "domain/registry_binding.py"),
    Made("registry.problem.", "domain/registry_cells.py"),
    Made("registry.problem.", "domain/registry_reading.py"),
    Made("choice.", "bot/registry_template.py"),  # the tail of registry.choice.…
)
