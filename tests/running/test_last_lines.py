"""What the log says of a process's last moment is written, though a signal ends it."""

import asyncio
import sys

PROGRAM = """
import os, signal
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from bot import log, server

@asynccontextmanager
async def lifespan(app):
    os.kill(os.getpid(), signal.SIGTERM)
    yield
    log.ended(log.begin(), "web", "text", "answered", 1.0)

log.set_up(as_json=True)
app = Starlette(lifespan=lifespan)
app.state.leaving = lambda: None
server.serve(app, [server.listen("127.0.0.1", 0)])
"""


async def test_the_line_of_an_update_that_ended_last_is_written() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 0
    assert b'"event":"update"' in told
