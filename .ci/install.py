"""Make the virtual environment, bring it to a lock file, and tell in a line at a time what is going on."""

import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

ENVIRONMENT = Path(".venv")
PYTHON = ENVIRONMENT / "bin" / "python"
HAS_ENSUREPIP = find_spec("ensurepip") is not None


def say(words: str) -> None:
    """Print a line at once, also into a pipe."""
    print(words, flush=True)


def make_environment() -> None:
    """Create .venv; where Python came without ensurepip (Debian splits it off) the machine's pip serves."""
    if PYTHON.exists():
        return
    if not HAS_ENSUREPIP and find_spec("pip") is None:
        sys.exit("This Python has neither ensurepip nor pip: install one of them (Debian: python3-venv).")
    say(f"Making {ENVIRONMENT} with Python {sys.version.split()[0]}")
    venv.create(ENVIRONMENT, with_pip=HAS_ENSUREPIP)


def pip(*arguments: str) -> list[str]:
    """The command that runs pip for .venv: its own, or the machine's."""
    if (ENVIRONMENT / "bin" / "pip").exists():
        return [str(PYTHON), "-m", "pip", *arguments]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), *arguments]


def show(done: int, total: int, name: str) -> None:
    """Count packages: in place on a terminal, every tenth line elsewhere."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {done}/{total} {name}", end="", flush=True)
    elif done % 10 == 0:
        say(f"  {done}/{total}")


def package(line: str) -> str:
    """The name and version in one of pip's lines about a package, be it a requirement or a file."""
    return line.partition(" (from ")[0].partition(" in ")[0].split("/")[-1].split(" ")[-1].strip()


def install(lock: Path) -> None:
    """Install everything the lock names, by hash; pip's own words are shown only when it fails."""
    total = sum(line[:1].isalnum() for line in lock.read_text().splitlines())
    say(f"Installing up to {total} packages from {lock} (a few minutes on the first run)")
    command = pip("install", "--progress-bar=off", "--no-input", "--disable-pip-version-check")
    said, done = [], 0
    with subprocess.Popen(
        [*command, "--require-hashes", "-r", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        for line in running.stdout or ():
            said.append(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied: ")):
                done += 1
                show(done, total, package(line))
            elif line.startswith("Installing "):
                show(total, total, "— writing them to disk")
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    if running.returncode:
        sys.exit("".join(said) + f"The packages of {lock} could not be installed: pip's words are above.")


def install_project() -> None:
    """Install the project itself, editable; everything it needs is there already."""
    say("Installing workroom")
    command = pip("install", "--no-input", "--disable-pip-version-check", "--no-deps", "--no-build-isolation")
    done = subprocess.run(
        [*command, "-e", "."], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout}The project itself could not be installed: pip's words are above.")


if __name__ == "__main__":
    make_environment()
    install(Path(sys.argv[1]))
    install_project()
