"""A score that costs nothing, in place of the agreement's: what is left is the price of carrying an event."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from agents.bench.places import output
from agents.bench.plain import Decided
from schemas import topics
from schemas.codec import SOURCE, Message, Output, decode
from schemas.envelope import Envelope, binary_headers, instant, rfc3339
from streams.record import Record

THRESHOLD = 100
"""A lead is handed over whenever its points pass a multiple of this: a fifth of the events do that."""
POINTS: Mapping[str, int] = {
    "page_viewed": 16,
    "email_opened": 16,
    "email_clicked": 16,
    "content_downloaded": 32,
    "form_submitted": 32,
    "profile_given": 16,
    "event_registered": 32,
    "event_attended": 64,
    "product_used": 16,
    "conversion_made": 64,
}
TYPE = "leadrelay.toy.passed.v1"


class Harvest(NamedTuple):
    """What one transaction has to write for a lane."""

    rows: list[tuple[bytes, bytes | None]]
    outputs: list[Output]


class ToyLane:
    """The toy as leadrelay runs it: envelope and data are checked, each event has its line in the journal.

    Attributes:
        rows: The points of each lead.
        urgent: Whether a handoff waits to be published.
        shown: Counts as of the last transaction.
    """

    def __init__(self, _lane: int = 0) -> None:
        self.rows: dict[bytes, int] = {}
        self.urgent = False
        self.shown: Mapping[tuple[str, ...], int] = {}
        self._changed: set[bytes] = set()
        self._outputs: list[Output] = []
        self._messages = self._handoffs = 0
        self._harvested: Mapping[tuple[str, ...], int] = {}

    def restore(self, key: bytes, value: bytes | None) -> None:
        """Take one row."""
        if value is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = int(value)

    def take(self, record: Record) -> None:
        """Fold one event.

        Raises:
            Refusal: The event can't be taken; a bench has none of these.
        """
        message = decode(record.topic, record.key, record.value, record.headers)
        cause = f"{topics.LETTERS[record.topic]}{record.partition}-{record.offset}"
        key, points = message.lead.encode(), POINTS[message.kind]
        before = self.rows.get(key, 0)
        self.rows[key] = before + points
        self._changed.add(key)
        self._outputs.append(Output(topics.FACT.name, key, _fact(message, cause, points), ()))
        if passed(before, points):
            self._outputs.append(handoff(topics.HANDOFF.name, message.lead, f"{cause}-1", message.at, before + points))
            self._handoffs += 1
            self.urgent = True
        self._messages += 1

    def harvest(self) -> Harvest:
        """Give what is to be written."""
        harvest = Harvest([(key, b"%d" % self.rows[key]) for key in self._changed], self._outputs)
        self._changed, self._outputs, self.urgent = set(), [], False
        self._harvested = {("messages",): self._messages, ("handoffs",): self._handoffs}
        return harvest

    def committed(self) -> None:
        """Show the counts of the last harvest."""
        self.shown = self._harvested


class ToyPlain:
    """The toy as a loop runs it that one would write by hand: the value is parsed, and nothing is checked.

    Attributes:
        handoffs: Leads handed over so far.
    """

    def __init__(self, system: str) -> None:
        self.handoffs = 0
        self._topic = output(system, topics.HANDOFF.name)

    def decide(self, record: Record, row: bytes | None) -> Decided:
        """The new row of this record's lead, and what is published."""
        assert record.value is not None  # noqa: S101  the bench's own events
        assert record.key is not None  # noqa: S101
        headers, _data = dict(record.headers), orjson.loads(record.value)
        before, points = int(row or 0), POINTS[headers["ce_type"].decode().split(".")[2]]
        outputs: list[Output] = []
        if passed(before, points):
            lead, cause = record.key.decode(), f"{record.partition}-{record.offset}"
            outputs.append(handoff(self._topic, lead, cause, instant(headers["ce_time"].decode()), before + points))
            self.handoffs += 1
        return Decided(b"%d" % (before + points), outputs)


def _fact(message: Message, cause: str, points: int) -> bytes:
    """A line of the journal, in its usual shape."""
    told = {"activity": message.kind, "points": [("toy", points)], "detail": ""}
    common = {"fact": "acted", "lead": message.lead, "at": rfc3339(message.at), "cause": cause, "agreement": 0}
    return orjson.dumps({**common, "data": told})


def passed(before: int, points: int) -> bool:
    """Whether these points pass a multiple of the threshold."""
    return (before + points) // THRESHOLD > before // THRESHOLD


def handoff(topic: str, lead: str, identity: str, at: int, points: int) -> Output:
    """What is published, in the envelope of everything that leadrelay publishes."""
    headers = binary_headers(Envelope(identity, SOURCE, TYPE, lead, at, b""))
    return Output(topic, lead.encode(), orjson.dumps({"lead": lead, "points": points}), headers)
