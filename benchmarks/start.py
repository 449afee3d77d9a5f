"""From the command to ready, on an empty folder and on a filled one; the memory after a load."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure
from bot.sampling import WORKROOM

READY, MEMORY = 3.0, 150.0
"""Seconds and MiB promised."""

PEOPLE, MESSAGES = 20, 30


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
    return figures


def resident(process: int) -> float:
    """MiB of memory that a process holds (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def _serving(home: Path) -> Iterator[tuple[float, int, "subprocess.Popen[bytes]"]]:
    """The service as people start it; seconds until it says that it is ready."""
    port = _free_port()
    env = {"WORKROOM_HOME": str(home), "PATH": "", "HOME": str(home), "LANG": "C.UTF-8"}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        while not _is_ready(port):
            assert process.poll() is None, "the service has ended"
            time.sleep(0.01)
        yield time.perf_counter() - began, port, process
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _is_ready(port: int) -> bool:
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
