"""What can't be sent in WeChat is sent elsewhere: a question for a file says where, in place of its words."""

from collections.abc import Sequence
from dataclasses import replace

from bot.channels.wechat.speak import Say
from domain.messages import Rendered

INSTEAD = {"load_holidays.file": "wechat.holidays_file", "load_holidays.a_file": "wechat.holidays_file"}
"""Questions that nothing but a file answers, which the platform does not pass on (CHANNELS 3)."""


def instead(messages: Sequence[Rendered], say: Say, page: str) -> tuple[Rendered, ...]:
    """The same messages; `page` is the address to send the file at, or nothing."""
    return tuple(
        replace(one, text=say(one.language, INSTEAD[one.key], {"page": page})) if one.key in INSTEAD else one
        for one in messages
    )
