"""Lives of the program that begin at once: one process has read the code, each life is a fork of it.

    python -m tests.soak.nursery    # a line of JSON in: words, environment, log; a line out: the process

The program is the one an operator starts; only the three seconds of reading its code are saved. SIGUSR1 sets
a life's clock an hour ahead, SIGUSR2 sets it right.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

READ = (
    "bot.serve", "bot.service", "bot.planner", "bot.postman", "bot.channels.telegram.channel", "uvloop",
    "uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on",
    "sqlalchemy.dialects.postgresql.asyncpg",
)  # fmt: skip
AHEAD = timedelta(hours=1)


class Nursery:
    """The process that has read the code, seen from the tests."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.soak.nursery"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def born(self, words: Sequence[str], environment: Mapping[str, str], said: Path) -> int:
        """A new life of the program; its process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"words": list(words), "environment": dict(environment), "said": str(said)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """No more lives; those that are there go on."""
        self._process.communicate()


def is_alive(pid: int) -> bool:
    """Whether this life goes on; the dead are buried at once."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Read the code, then give life to whatever is ordered."""
    main_of_it = import_module("bot.cli").main
    for module in READ:
        import_module(module)
    import_module("time_machine")
    signal.signal(signal.SIGCHLD, _bury)
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            _live(json.loads(line), main_of_it)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _bury(*_: object) -> None:
    """At once: a dead process that waits to be buried looks alive."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _live(order: dict[str, Any], program: Any) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, said = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(order["said"], os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    )
    for place, other in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(place, other)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["workroom", *order["words"]]
    _listen_to_the_clock()
    code = 1
    try:
        program()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _listen_to_the_clock() -> None:
    travel = import_module("time_machine").travel
    away: list[Any] = []

    def ahead(*_: object) -> None:
        if not away:
            away.append(travel(AHEAD, tick=True))
            away[0].start()

    def right(*_: object) -> None:
        if away:
            away.pop().stop()

    signal.signal(signal.SIGUSR1, ahead)
    signal.signal(signal.SIGUSR2, right)


if __name__ == "__main__":
    main()
