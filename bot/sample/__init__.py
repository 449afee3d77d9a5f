"""A district that does not exist, with people nobody is: to look around in."""

from pathlib import Path

DISTRICT = Path(__file__).parent / "district"
"""The sample registry, a folder of CSV."""
