"""Measures the service: `python -m benchmarks.run` prints what issue 2 promises beside what it is here."""
