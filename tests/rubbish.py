"""What is left when nothing is thrown away but what nobody holds."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """What holds itself stays; what other tests have left is gone."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def left(kind: type) -> int:
    """How many of this kind there are."""
    return sum(isinstance(thing, kind) for thing in gc.get_objects())
