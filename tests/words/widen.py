"""Sets the Chinese catalogues' punctuation full-width: `python -m tests.words.widen FILE …`."""

import re
import sys
from pathlib import Path

from locales.typography import full_width

_TEXT = re.compile(r'^((?:msgstr(?:\[\d\])? )?")(.*)("\s*)$')


def widened(po: str) -> str:
    """A catalogue with its msgstr lines mended; keys, comments and patterns stay."""
    lines, key, inside = [], "", False
    for line in po.split("\n"):
        if line.startswith("msgid"):
            key, inside = line, False
        inside = inside or line.startswith("msgstr")
        found = _TEXT.match(line)
        judged = inside and found and key != 'msgid ""' and "format.date" not in key
        lines.append(found[1] + full_width(found[2]) + found[3] if judged and found else line)
    return "\n".join(lines)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):  # only what is named: others may be writing theirs
        path.write_text(widened(path.read_text("utf-8")), "utf-8")
