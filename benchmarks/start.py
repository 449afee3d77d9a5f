"""From the command to ready, on an empty folder and on a filled one; the memory after a load."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bot_api import TOKEN, serving
from benchmarks.figures import Figure
from bot.sampling import WORKROOM

READY, MEMORY, ON_TELEGRAM = 3.0, 150.0, 120.0
"""Seconds and MiB promised; the last for a process that serves Telegram."""

PEOPLE, MESSAGES = 20, 30
SECRET = "secret-of_the-benchmark"  # noqa: S105  # opens nothing
NOTHING: Mapping[str, str] = {}


async def measure(folder: Path) -> list[Figure]:
    """The first start, which fills in the sample district; a later one; the memory after a load."""
    figures = []
    for name in ("first start, with the sample district", "start with a filled database"):
        with _serving(folder / "home") as (seconds, port, process):
            figures.append(Figure(name, seconds, "s", limit=READY))
            if name.startswith("start"):
                idle = resident(process.pid)
                _load(port)
                figures.append(Figure("memory when ready", idle, "MiB"))
                figures.append(Figure("memory after a load", resident(process.pid), "MiB", limit=MEMORY))
    with serving() as api, _serving(folder / "home", _telegram(api)) as (_, port, process):
        _load_telegram(port)
        peak = resident(process.pid, "VmHWM")
        figures.append(Figure("serving Telegram, the most ever held", peak, "MiB", limit=ON_TELEGRAM))
    return figures


def _telegram(api: str) -> dict[str, str]:
    return {
        "WORKROOM_TELEGRAM_TOKEN": TOKEN,
        "WORKROOM_TELEGRAM_API_URL": api,
        "WORKROOM_TELEGRAM_MODE": "webhook",
        "WORKROOM_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "WORKROOM_PUBLIC_URL": "http://127.0.0.1",
    }


def resident(process: int, kind: str = "VmRSS") -> float:
    """MiB of memory that a process holds, or has held at the most (VmHWM; Linux)."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024


def worked(process: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _serving(
    home: Path, more: Mapping[str, str] = NOTHING
) -> Iterator[tuple[float, int, "subprocess.Popen[bytes]"]]:
    """The service as people start it; seconds until it says that it is ready."""
    port = free_port()
    env = {"WORKROOM_HOME": str(home), "PATH": "", "HOME": str(home), "LANG": "C.UTF-8", **more}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        while not is_ready(port):
            assert process.poll() is None, "the service has ended"
            time.sleep(0.01)
        yield time.perf_counter() - began, port, process
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def is_ready(port: int) -> bool:
    try:
        return _ask(port, "GET", "/readyz")[0] == 200
    except OSError:
        return False


def _ask(port: int, method: str, path: str, body: str = "", cookie: str = "") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"X-Workroom": "1", "Content-Type": "application/json", "Cookie": cookie}
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers.get("Set-Cookie", ""), answer.read()
    connection.close()
    return found


def _load(port: int) -> None:
    threads = [threading.Thread(target=_visit, args=(port,)) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _visit(port: int) -> None:
    """Somebody who agrees and then writes many messages; the page itself is fetched too."""
    _ask(port, "GET", "/")
    cookie = _ask(port, "POST", "/chat/fresh")[1].partition(";")[0]
    said = [{"start": f"w_{WORKROOM}"}, {"press": "agree:basic"}, {"press": "go:file"}]
    said += [{"text": f"{n}. " + "路灯不亮，晚上看不见路。" * 20} for n in range(MESSAGES)]
    for number, what in enumerate(said):
        body = json.dumps({"id": f"message-{number:04}", **what})
        status, _, _ = _ask(port, "POST", "/chat/send", body, cookie)
        assert status == 200


def _load_telegram(port: int) -> None:
    threads = [threading.Thread(target=_chats, args=(port, 1000 + n)) for n in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _chats(port: int, user: int) -> None:
    """Somebody who agrees and writes many messages on Telegram, over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    for number, what in enumerate(_said()):
        connection.request("POST", "/telegram/webhook", json.dumps(_update(user, number, what)), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()


def _said() -> list[dict[str, str]]:
    pressed = [{"data": "agree:basic"}, {"data": "agree:abroad"}, {"data": "go:file"}]
    words = [{"text": f"{n}. " + "路灯不亮，晚上看不见路。" * 20} for n in range(MESSAGES)]
    return [{"text": f"/start w_{WORKROOM}"}, *pressed, *words]


def _update(user: int, number: int, what: dict[str, str]) -> dict[str, object]:
    who = {"id": user, "is_bot": False, "first_name": "王", "language_code": "zh-hans"}
    chat = {"id": user, "type": "private", "first_name": "王"}
    message = {"message_id": number + 1, "from": who, "chat": chat, "date": 1, "text": "…"}
    told = user * 1000 + number
    if "data" in what:
        return {
            "update_id": told,
            "callback_query": {"id": str(told), "from": who, "message": message, **what},
        }
    return {"update_id": told, "message": {**message, **what}}
