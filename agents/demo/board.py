"""The live board of the demo: what the worker's own metrics say, as tables."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from streams.stage import LADDER

PREFIX = "leadrelay_"
BARS_MAX = 24


@dataclass(slots=True)
class Reading:
    """One scrape, summed over lanes: sample name and the labels that matter, joined, to the value."""

    sums: Counter[tuple[str, ...]] = field(default_factory=Counter)

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Read the text of /metrics."""
        reading = cls()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = [value for name, value in sample.labels.items() if name not in {"lane", "source"}]
                reading.sums[sample.name.removeprefix(PREFIX), *labels] += int(sample.value)
        return reading

    def get(self, *name: str) -> int:
        """One value."""
        return self.sums[name]

    def family(self, name: str) -> dict[tuple[str, ...], int]:
        """The values of a family by their labels, largest first."""
        found = {key[1:]: value for key, value in self.sums.items() if key[0] == name and value}
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def handled(self) -> int:
        """Messages that have met their end."""
        return sum(self.family("messages_total").values())


@dataclass(slots=True)
class Progress:
    """How far the demo is; `rate` is messages handled a second."""

    fed: int = 0
    total: int = 0
    rate: float = 0.0
    headline: str = ""


def board(reading: Reading, progress: Progress) -> RenderableType:
    """The whole board."""
    return Group(
        _head(reading, progress),
        Columns(
            [
                _funnel(reading),
                Group(
                    _counts("handed over by", reading, "handoffs_total"),
                    _counts("deadlines", reading, "deadlines_total"),
                ),
            ]
        ),
        Columns([_counts("returned because", reading, "returns_total"), _answers(reading)]),
    )


def _head(reading: Reading, progress: Progress) -> RenderableType:
    lag = sum(reading.family("lag_messages").values())
    title = Text(progress.headline, style="bold")
    line = Text(f"fed {progress.fed:,}  handled {reading.handled:,}  {progress.rate:,.0f}/s  lag {lag:,}")
    return Panel(
        Group(title, line, ProgressBar(total=max(progress.total, 1), completed=progress.fed)), title="leadrelay"
    )


def _funnel(reading: Reading) -> Table:
    table = Table("stage", "now", "entered", "reached", "of those before", title="funnel")
    before = 0
    for stage, ever in _reached(reading):
        share = f"{ever / before:.1%}" if before else ""
        entered = reading.get("stage_entered_total", stage)
        table.add_row(stage, f"{reading.get('leads', stage):,}", f"{entered:,}", f"{ever:,}", share)
        before = ever
    table.add_row("disqualified", f"{reading.get('leads', 'disqualified'):,}", "", "", "")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _reached(reading: Reading) -> Iterator[tuple[str, int]]:
    """How many leads ever reached each rung, or passed it on the way to a higher one."""
    yield LADDER[0], reading.get("stage_entered_total", LADDER[0])
    for below, stage in itertools.pairwise(LADDER):
        yield stage, reading.get("conversions_total", below, stage)


def _counts(title: str, reading: Reading, family: str) -> Table:
    table = Table("", "number", title=title, min_width=24)
    table.columns[1].justify = "right"
    for labels, number in reading.family(family).items():
        table.add_row(" ".join(labels).replace("_", " "), f"{number:,}")
    return table


def _answers(reading: Reading) -> Table:
    """How many attempts the first answer took, from the cumulative buckets of the histogram."""
    table = Table("attempts", "answers", "", title="attempts to answer")
    buckets = {float(labels[0]): n for labels, n in reading.family("attempts_to_answer_bucket").items()}
    low, below, rows = 1, 0, []
    for bound, cumulative in sorted(buckets.items()):
        rows.append((f"{low} and more" if bound == float("inf") else _span(low, int(bound)), cumulative - below))
        below, low = cumulative, 0 if bound == float("inf") else int(bound) + 1
    most = max((number for _, number in rows), default=1) or 1
    for name, number in rows:
        table.add_row(name, f"{number:,}", "█" * round(BARS_MAX * number / most))
    return table


def _span(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"
