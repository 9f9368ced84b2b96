"""A whole relay for tests whose letters arrive when the test lets them, and messages that tell who is who."""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from schemas import fact as f
from schemas import topics
from streams.record import Line
from streams.replay import Replay
from streams.row import Lead
from streams.terms import Terms
from tests.streams.given import DAY, MINUTE, MONDAY, Event, Maker, agreed, event, facts, home

if TYPE_CHECKING:
    from schemas.codec import Output

LANES = 3
BOB, CY, DEE = "bob", "cy", "dee"


class House:
    """A whole relay whose letters arrive when the test lets them."""

    def __init__(self, terms: Terms | None = None) -> None:
        self.replay = Replay(terms or agreed(), LANES)
        self.letters: list[Output] = []
        self.said: list[Output] = []
        self._offset = 0

    def send(self, *events: Event) -> "House":
        """Messages come in."""
        for each in events:
            self.take(each.record(home(each.lead, LANES), 0))
        return self

    def deliver(self, place: int = 0) -> None:
        """One of the letters that are on their way arrives."""
        letter = self.letters.pop(place)
        lane = home((letter.key or b"").decode(), LANES)
        self.take(Line(letter.topic, lane, 0, MONDAY + 40 * DAY, letter.key, letter.value, letter.headers))

    def settle(self, chance: Random | None = None) -> "House":
        """All letters arrive, and those that follow from them."""
        while self.letters:
            self.deliver(chance.randrange(len(self.letters)) if chance else 0)
        return self

    def take(self, line: Line) -> None:
        """A record is folded in its lane, and the letters that it causes are on their way."""
        self._offset += 1
        relay = self.replay.relays[line.partition]
        relay.take(Line(line.topic, line.partition, self._offset, line.timestamp, line.key, line.value, line.headers))
        outputs, relay.outputs = relay.outputs, []
        self.letters += [output for output in outputs if output.topic == topics.LETTER.name]
        self.said += outputs

    def lead(self, identity: str) -> Lead:
        """Any lead, as it is now."""
        return self.replay.relays[home(identity, LANES)].lead(identity.encode())

    def facts(self) -> list[f.Fact]:
        """All facts so far."""
        return facts(self.said)

    def ends(self) -> Iterator[tuple[str, int]]:
        return (((key[1], key[2]), number) for key, number in self.replay.counts().items() if key[0] == "messages")


def identified(lead: str, known_as: str, at: int = MONDAY + DAY) -> Event:
    return event("identified", at, lead, known_as=known_as)


def merged(lead: str, into: str, at: int = MONDAY + DAY) -> Event:
    return event("merged", at, lead, into=into, by="sam")


def at(minutes: int, make: Maker, lead: str, **data: object) -> Event:
    """A message of this lead, so long after Monday's beginning."""
    return make(MONDAY + minutes * MINUTE, lead, **data)
