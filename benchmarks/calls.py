"""What a call of the Bot API costs this process: ours, and python-telegram-bot's own over the same wire."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from benchmarks.bot_api import TOKEN, serving
from benchmarks.figures import Figure
from bot.channels.telegram.calls import Calls
from bot.channels.telegram.limits import OwnLimits
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.saying import TelegramChannel
from bot.channels.telegram.transport import AiohttpRequest
from bot.channels.telegram.wire import Wire
from domain.messages import Button, Rendered

CALLS, AT_ONCE, ROUNDS = 1500, 50, 3
LIMIT = 0.2
"""Milliseconds of processor time promised for a call, aiohttp included."""

WORDS = "请核对：问题 · 社区环境 · 曙光社区 · 仅工作室可见。楼下的路灯已经连续三个晚上不亮了。"
BUTTONS = (
    (Button("~a.1.send", "提交"), Button("~a.1.change", "改")),
    (Button("~a.1.cancel", "取消"),),
)

Call = Callable[[], Awaitable[object]]


async def measure(folder: Path) -> list[Figure]:
    """Processor time of a call, interleaved; the best round of each, since neighbours only ever add."""
    with serving() as address:
        wire = Wire()
        await wire.open()
        calls = _calls(wire, address)
        for call in calls.values():
            await _round(call, CALLS // 10)
        found: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(ROUNDS):
            for name, call in calls.items():
                found[name].append(await _round(call, CALLS))
        await wire.close()
    best = {name: min(times) for name, times in found.items()}
    figures = [Figure(name, cost, "ms cpu", times=CALLS * ROUNDS, limit=LIMIT) for name, cost in best.items()]
    library = figures.pop()
    figures.append(Figure(library.name, library.shown, library.unit, times=library.times))
    return [*figures, Figure("the library's cost over ours", library.shown / figures[0].shown, "times")]


def _calls(wire: Wire, address: str) -> dict[str, Call]:
    """The library's comes last."""
    channel = TelegramChannel(Calls(wire, address, TOKEN), _never, _never, Pace(OwnLimits()))
    said = Rendered(WORDS, BUTTONS)
    bot = Bot(TOKEN, f"{address}/bot", request=AiohttpRequest(wire=wire))
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in BUTTONS]
    markup, quiet = InlineKeyboardMarkup(rows), LinkPreviewOptions(is_disabled=True)
    return {
        "sendMessage, keyboard folded": lambda: channel.send("1001", said),
        "editMessageText": lambda: channel.send("1001", said, edit="7"),
        "answerCallbackQuery": lambda: channel.acknowledge("123456"),
        "Bot.send_message": lambda: bot.send_message(
            1001, WORDS, reply_markup=markup, link_preview_options=quiet
        ),
    }


async def _never(*_: object) -> Any:
    raise AssertionError("no file goes out here")


async def _round(call: Call, count: int) -> float:
    """Milliseconds of processor time for each of so many calls, `AT_ONCE` under way."""
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await call()

    began = time.process_time()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return 1e3 * (time.process_time() - began) / count
