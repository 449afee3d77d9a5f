"""`python -m benchmarks.bot_api`: a Bot API server in a process of its own, so that we are measured alone."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop
from aiohttp import web

TOKEN = "424242:AAstub-token-of-the-benchmark-0123456789"  # noqa: S105  # opens nothing


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server that takes everything, until the block ends."""
    command = [sys.executable, "-m", "benchmarks.bot_api"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


async def _taken(request: web.Request) -> web.Response:
    params = await request.json()
    me = {"id": 424242, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
    if request.match_info["method"] == "getMe":
        return web.json_response({"ok": True, "result": me})
    chat = {"id": int(params.get("chat_id", 0)), "type": "private", "first_name": "U"}
    message = {"message_id": 7, "from": me, "chat": chat, "date": 1, **params}
    message.pop("link_preview_options", None)
    return web.json_response({"ok": True, "result": message})


async def _serve() -> None:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", _taken)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await web.SockSite(runner, listening).start()
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()
        await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(_serve())
