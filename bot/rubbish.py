"""When Python looks for rubbish: seldom, for a step leaves next to none, and never among what stays."""

import gc

AT_ONCE = 10_000
"""Objects more than there were, until the new ones are looked through. The usual 700 are one step's."""


def settle() -> None:
    """Called when everything is loaded: what is there now stays, and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(AT_ONCE, 20, 50)
