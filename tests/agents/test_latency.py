"""A handoff is timed once, when it is in the log, from the arrival of the message that decided it."""

import orjson

from agents.agreement import load_terms
from agents.latency import TimedRelay
from schemas.bounds import End
from schemas.topics import ACTIVITY, HANDOFF
from streams.record import Line

ARRIVED_AT = 1_800_000_000_000
HAPPENED = "2027-01-15T07:00:00Z"


class Lane:
    """One timed lane, what it observed, and a clock moved by hand."""

    def __init__(self) -> None:
        self.now, self.seconds, self.offset = ARRIVED_AT, list[float](), 0
        self.relay = TimedRelay(0, 1, load_terms(), observe=self.seconds.append, now=lambda: self.now)

    def take(self, kind: str, data: dict[str, str], lead: str = "ann") -> End:
        event = {
            "specversion": "1.0",
            "id": str(self.offset),
            "source": "test",
            "type": f"leadrelay.activity.{kind}.v1",
            "subject": lead,
            "time": HAPPENED,
            "data": data,
        }
        line = Line(ACTIVITY.name, 0, self.offset, self.now, lead.encode(), orjson.dumps(event))
        self.offset += 1
        return self.relay.take(line)


def test_a_handoff_takes_from_the_arrival_of_its_cause_to_the_commit() -> None:
    lane = Lane()
    assert lane.take("page_viewed", {"url": "/"}) == "applied"
    lane.now += 1_000
    assert lane.take("conversion_made", {"kind": "demo"}) == "applied"
    lane.now += 40
    harvest = lane.relay.harvest()
    assert [output.topic for output in harvest.outputs].count(HANDOFF.name) == 1
    assert lane.seconds == []
    lane.relay.committed()
    assert lane.seconds == [0.04]
    assert lane.relay.shown["handoffs", "conversion"] == 1


def test_what_is_folded_while_a_transaction_runs_is_timed_with_the_next() -> None:
    lane = Lane()
    lane.take("conversion_made", {"kind": "demo"})
    lane.relay.harvest()
    lane.take("conversion_made", {"kind": "demo"}, lead="bob")
    lane.now += 30
    lane.relay.committed()
    assert lane.seconds == [0.03]
    lane.relay.harvest()
    lane.now += 70
    lane.relay.committed()
    assert lane.seconds == [0.03, 0.1]


def test_a_clock_behind_the_brokers_gives_no_negative_time() -> None:
    lane = Lane()
    lane.take("conversion_made", {"kind": "demo"})
    lane.now -= 5_000
    lane.relay.harvest()
    lane.relay.committed()
    assert lane.seconds == [0]


def test_messages_that_hand_nothing_over_are_not_timed() -> None:
    lane = Lane()
    lane.take("page_viewed", {"url": "/"})
    lane.relay.harvest()
    lane.relay.committed()
    assert lane.seconds == []
