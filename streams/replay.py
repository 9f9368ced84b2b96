"""Replays a history without Kafka: the same relay, lane by lane, with positions as a fresh cluster would give them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import orjson

from schemas import topics
from schemas.codec import BY_TYPE, Output
from schemas.envelope import Refusal, instant
from streams.funnel import Key
from streams.record import Line
from streams.relay import Relay
from streams.routing import lane_of
from streams.row import Lead
from streams.terms import Terms


class Place(NamedTuple):
    """What can be seen of a structured event from outside: where it belongs, and when it happened."""

    topic: str
    key: bytes | None
    at: int


def place(value: bytes) -> Place:
    """Where a line belongs; what can't be read goes to the activity topic, to be refused there."""
    try:
        event = orjson.loads(value)
        kind, subject, time = event["type"], event["subject"], event["time"]
        topic = BY_TYPE[kind].topic
        return Place(topic if topic in topics.LETTERS else topics.ACTIVITY.name, subject.encode(), instant(time))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, UnicodeEncodeError, Refusal):
        return Place(topics.ACTIVITY.name, _subject(value), 0)


def _subject(value: bytes) -> bytes | None:
    """The subject of an event that is wrong otherwise, so that it is refused in its lead's lane."""
    try:
        return str(orjson.loads(value)["subject"]).encode()
    except (orjson.JSONDecodeError, KeyError, TypeError, UnicodeEncodeError):
        return None


class Replay:
    """A whole relay in memory: feed it lines, and it says what would be published."""

    def __init__(self, terms: Terms, lanes: int = topics.PARTITIONS) -> None:
        self.terms = terms
        self.relays = [Relay(lane, lanes, terms) for lane in range(lanes)]
        self._offsets: Counter[tuple[str, int]] = Counter()

    def feed(self, lines: Iterable[bytes], *, reminding: bool = False) -> Iterator[Output]:
        """Fold structured CloudEvents, one a line, and yield what each causes, the journal included.

        With `reminding`, deadlines that have come by the time of each event are missed before it.
        """
        for value in lines:
            if not value.strip():
                continue
            topic, key, at = place(value)
            if reminding:
                yield from self.remind(at)
            yield from self._take(topic, key, value, at)

    def remind(self, now: int) -> Iterator[Output]:
        """Let the deadlines that are over at `now` (ms since the epoch, grace included) be missed, in their order."""
        while True:
            waking = [(at, relay) for relay in self.relays if (at := relay.wakes_at()) is not None and at <= now]
            if not waking:
                return
            at, relay = min(waking, key=lambda pair: pair[0])
            relay.ring(at)
            letters, relay.outputs = relay.outputs, []
            for letter in letters:
                yield from self._take(letter.topic, letter.key, letter.value, at, letter.headers)

    def _take(
        self, topic: str, key: bytes | None, value: bytes | None, at: int, headers: Sequence[tuple[str, bytes]] = ()
    ) -> Iterator[Output]:
        lane = lane_of(key, len(self.relays)) if key is not None else 0
        relay = self.relays[lane]
        offset = self._offsets[topic, lane]
        self._offsets[topic, lane] += 1
        relay.take(Line(topic, lane, offset, at, key, value, headers))
        outputs, relay.outputs = relay.outputs, []
        for output in outputs:
            yield output
            if output.topic == topics.LETTER.name:
                yield from self._take(output.topic, output.key, output.value, at, output.headers)

    def leads(self) -> Iterator[Lead]:
        """Every lead, by id."""
        found = {key: relay for relay in self.relays for key in (*relay.rows, *relay.drafts)}
        for key in sorted(found):
            yield found[key].lead(key)

    def counts(self) -> Counter[Key]:
        """The counters of all lanes together."""
        total: Counter[Key] = Counter()
        for relay in self.relays:
            total.update(relay.counts.totals)
        return total
