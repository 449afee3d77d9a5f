"""The files of this checkout, as the house's own tests look at them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Migrations are a record of what was, and are not rewritten to please a rule.
RECORDS = Path("storage/migrations")


def tracked() -> list[Path]:
    """Every file git keeps or would keep: committed, staged, and new ones that nothing ignores."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in sorted(set(listed.split("\0")) - {""}) if (ROOT / name).is_file()]


def python_files(*, inside: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> list[Path]:
    """The Python files of some top folders (of all when none is named), without migrations."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and not path.is_relative_to(ROOT / RECORDS)
        and path.relative_to(ROOT).parts[0] not in but
        and (not inside or path.relative_to(ROOT).parts[0] in inside)
    ]
