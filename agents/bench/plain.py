"""What the compared systems do with an event: leadrelay's own rules, without its journal, counters and alarms."""

from typing import NamedTuple

from agents.bench.places import output
from schemas import topics
from schemas.codec import Output, decode
from streams.lead import Moment, decide
from streams.objection import objection
from streams.publish import published, said
from streams.record import Record
from streams.row import Lead, digest, knows, pack, remember, unpack
from streams.terms import Terms


class Decided(NamedTuple):
    """The new row, and what is published, in topics of the compared system."""

    row: bytes
    outputs: list[Output]


class Plain:
    """Decides event by event, from row to row.

    Attributes:
        handoffs: Leads handed over so far.
    """

    def __init__(self, system: str, terms: Terms) -> None:
        self.handoffs = 0
        self._terms = terms
        self._topics = {topic.name: output(system, topic.name) for topic in topics.OUTPUTS}

    def decide(self, record: Record, row: bytes | None) -> Decided | None:
        """What follows from this record for the lead of this row; None when nothing changes.

        Raises:
            Refusal: The record can't be taken.
        """
        message = decode(record.topic, record.key, record.value, record.headers)
        lead = Lead(message.lead) if row is None else unpack(message.lead, row)
        mark = digest(message.source, message.id)
        if knows(lead, mark) or objection(lead, message, self._terms):
            return None
        moment = Moment(message.at, f"{topics.LETTERS[record.topic]}{record.partition}-{record.offset}")
        facts = decide(lead, message, self._terms, moment)
        remember(lead, mark, self._terms.remember)
        events = [data for fact in facts if (data := published(lead, fact, self._terms)) is not None]
        outputs = [said(f"{moment.cause}-{n}", lead.id, message.at, data) for n, data in enumerate(events, 1)]
        self.handoffs += sum(each.topic == topics.HANDOFF.name for each in outputs)
        return Decided(pack(lead), [each._replace(topic=self._topics[each.topic]) for each in outputs])
