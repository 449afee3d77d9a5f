"""Start this checkout's service with an empty data folder, wait until it is ready, look at it, stop it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PATIENCE = 60


def free_port() -> int:
    """A loopback port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether the address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(service: subprocess.Popen[bytes], base: str) -> float:
    """The seconds until /readyz said yes; ends the run when the service dies or takes too long."""
    began = time.monotonic()
    while not answers(f"{base}/readyz"):
        if service.poll() is not None:
            sys.exit(f"The service ended with {service.returncode} before it was ready.")
        if time.monotonic() - began > PATIENCE:
            sys.exit(f"The service was not ready after {PATIENCE} seconds.")
        time.sleep(0.2)
    return time.monotonic() - began


def main() -> None:
    """Serve, look, stop; the service must end in peace when it is asked to."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="workroom-") as home:
        environment = {**os.environ, "PORT": str(port), "WORKROOM_HOME": home}
        with subprocess.Popen(
            [".venv/bin/workroom", "serve"], env=environment, stdin=subprocess.DEVNULL
        ) as service:
            try:
                seconds = wait_until_ready(service, base)
                if not answers(f"{base}/"):
                    sys.exit("The service is ready, but its first page does not answer.")
            finally:
                service.terminate()
                try:
                    service.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    service.kill()
        if service.returncode not in (0, -15):
            sys.exit(f"The service was asked to stop and ended with {service.returncode}.")
    print(f"From a clean clone: ready after {seconds:.1f} s, first page served, stopped when asked.")


if __name__ == "__main__":
    main()
