"""Finds the Chromium of this machine; `python -m tests.web.chromium` ends with 1 where there is none."""

import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def path_of_chromium() -> str:
    """The program's path. Raises LookupError where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise LookupError("no Chromium on this machine")


if __name__ == "__main__":
    try:
        sys.stdout.write(path_of_chromium() + "\n")
    except LookupError as trouble:
        sys.exit(str(trouble))
