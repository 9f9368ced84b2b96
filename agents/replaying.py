"""Replays a file without Kafka: knows its line numbers and its refusals, and keeps no more than rows in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.codec import Output
from schemas.envelope import opened, structured
from schemas.topics import DEADLETTER
from streams.refused import MESSAGE, REASON
from streams.replay import Replay
from streams.terms import Terms

REFUSALS_KEPT = 1000
LINES_BETWEEN = 1000
DRAFTS_MAX = 2000
"""A lane with more leads in their unpacked form than this packs them; a row is ten times smaller."""


class Refusal(NamedTuple):
    """A refused line: its number, counted from 1, the reason as one word, and what is wrong."""

    line: int
    reason: str
    detail: str


class Replaying(Replay):
    """A replay of the lines of one file.

    Attributes:
        lines: How many lines were read, blank ones included.
        reasons: How many lines were refused, by reason.
        refusals: The first refused lines, REFUSALS_KEPT at most.
    """

    def __init__(self, terms: Terms, until: int | None = None) -> None:
        """Prepare a replay; with `until` (ms since the epoch), deadlines that are over by then are missed."""
        super().__init__(terms)
        self.lines = 0
        self.reasons: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self._until = until

    def outputs(self, lines: Iterable[bytes]) -> Iterator[Output]:
        """Everything that the lines cause, each as soon as its line was read."""
        for output in self._all(lines):
            if output.topic == DEADLETTER.name:
                self._refused(output)
            yield output

    def remind(self, now: int) -> Iterator[Output]:
        """Let deadlines be missed, but none that comes after the end of the replay."""
        return super().remind(now if self._until is None else min(now, self._until))

    def _all(self, lines: Iterable[bytes]) -> Iterator[Output]:
        yield from self.feed(self._counted(lines), reminding=self._until is not None)
        if self._until is not None:
            yield from self.remind(self._until)

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.lines += 1
            if self.lines % LINES_BETWEEN == 0:
                self._pack()
            yield line

    def _pack(self) -> None:
        for relay in self.relays:
            if len(relay.drafts) > DRAFTS_MAX:
                relay.harvest()

    def _refused(self, output: Output) -> None:
        headers = dict(output.headers)
        reason = headers[REASON].decode()
        self.reasons[reason] += 1
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(Refusal(self.lines, reason, headers[MESSAGE].decode()))


def event_of(output: Output) -> bytes:
    """A published event as one structured CloudEvent."""
    return structured(opened(output.key, output.value, output.headers))
