"""Plain figures look at `/metrics` as the library's own do."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from bot.tally import Tally, Times

BUCKETS = (0.001, 0.01, 0.5, 2)


def shown(registry: CollectorRegistry) -> list[str]:
    """All but when each count began, which is another moment."""
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


@given(counted=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"))))
def test_counts(counted: list[tuple[str, str]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = Tally("things", "What there was", ["one", "two"], ours)
    counter = Counter("things", "What there was", ["one", "two"], registry=theirs)
    for labels in counted:
        tally.add(*labels)
        counter.labels(*labels).inc()
    assert shown(ours) == shown(theirs)


@given(
    taken=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([0.0, 0.001, 0.0011, 0.5, 1.75, 64.0])))
)
def test_times(taken: list[tuple[str, float]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    times = Times("seconds", "How long", "of", ours, BUCKETS)
    histogram = Histogram("seconds", "How long", ["of"], registry=theirs, buckets=BUCKETS)
    for label, seconds in taken:
        times.add(label, seconds)
        histogram.labels(label).observe(seconds)
    assert shown(ours) == shown(theirs)
