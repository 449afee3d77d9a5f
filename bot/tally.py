"""Figures counted at every step: plain numbers of the loop's thread, put in Prometheus' form at `/metrics`.

A count of the library's takes four calls and a lock, a measured time seven; a step has six of them.
"""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector


class Tally(Collector):
    """As the library's `Counter`: how often, by the values of its labels."""

    def __init__(self, name: str, told: str, labels: Sequence[str], registry: CollectorRegistry) -> None:
        self._name, self._told, self._labels = name, told, labels
        self._counts: defaultdict[tuple[str, ...], int] = defaultdict(int)
        self._since = time.time()
        registry.register(self)

    def add(self, *labels: str) -> None:
        """Once more. The values are ours, never anything people send: each pair of them is kept."""
        self._counts[labels] += 1

    def collect(self) -> Iterator[CounterMetricFamily]:
        """For the library."""
        family = CounterMetricFamily(self._name, self._told, labels=self._labels)
        for labels, count in self._counts.items():
            family.add_metric(labels, count, created=self._since)
        yield family


class Times(Collector):
    """As the library's `Histogram` with one label: seconds, by the first of `buckets` that holds them."""

    def __init__(
        self, name: str, told: str, label: str, registry: CollectorRegistry, buckets: Sequence[float]
    ) -> None:
        self._name, self._told, self._label = name, told, label
        self._buckets = tuple(buckets)
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(buckets) + 1))
        self._sums: defaultdict[str, float] = defaultdict(float)
        registry.register(self)

    def add(self, label: str, seconds: float) -> None:
        """It took so long."""
        self._counts[label][bisect_left(self._buckets, seconds)] += 1
        self._sums[label] += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """For the library; a bucket counts those below it, too."""
        family = HistogramMetricFamily(self._name, self._told, labels=[self._label])
        edges = [*(str(float(edge)) for edge in self._buckets), "+Inf"]
        for label, counts in self._counts.items():
            family.add_metric([label], list(zip(edges, accumulate(counts), strict=True)), self._sums[label])
        yield family
