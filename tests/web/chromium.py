"""Finds the Chromium of this machine: the one that CHROMIUM names, or the first of the usual names."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def path_of_chromium() -> str:
    """The program's path. Raises LookupError where there is none."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if found := shutil.which(name):
            return found
    raise LookupError("no Chromium on this machine")
