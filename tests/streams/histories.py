"""Makes up histories for the laws: messages of all kinds, several leads, duplicates, junk, wrong times, reminders."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from schemas import topics
from schemas.codec import Output, decode
from schemas.envelope import Envelope, binary_headers
from schemas.groups import is_group
from streams.funnel import Key
from streams.record import Line
from streams.relay import Relay
from streams.row import Lead, unpack
from streams.terms import Terms
from streams.versions import folded as wrapped
from tests.streams.agreeing import AGREEMENTS, LATER
from tests.streams.given import HOUR, MINUTE, MONDAY, OF, Event, fact_of, home

law = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
History = tuple[Terms, list[Line]]
LANES = 2
LEADS = [lead for lead in ("ada", "bob", "cy", "dee", "eve", "fay", "größe", "x" * 128) if home(lead, LANES) == 0][:2]
STRANGER = next(lead for lead in ("gus", "hal", "ida", "jo", "kit") if home(lead, LANES) == 1)
"""A lead of another lane, whose messages are all refused here."""

VERSION = "agreement"
"""Whom a letter with a version is about."""

TOLD: Mapping[str, Sequence[dict[str, Any]]] = {
    "page_viewed": [{"url": "/blog"}, {"url": "/pricing", "source": "search"}],
    "content_downloaded": [{"asset": "paper"}, {"asset": "case", "phase": "decision"}],
    "form_submitted": [{"form": "newsletter", "source": "carrier pigeon"}],
    "email_opened": [{"email": "letter"}],
    "email_clicked": [{"email": "letter", "link": "/blog"}],
    "email_bounced": [{"email": "letter", "kind": "hard"}, {"email": "letter", "kind": "soft"}],
    "email_unsubscribed": [{}],
    "event_registered": [{"event": "webinar", "kind": "webinar"}],
    "event_attended": [{"event": "webinar", "kind": "webinar", "minutes": 50}],
    "trial_started": [{"product": "suite"}],
    "product_used": [{"product": "suite", "times": 3}],
    "profile_given": [
        {"seniority": "vp", "company_size": 200, "country": "PT"},
        {"seniority": "manager", "industry": "software", "source": "event"},
        {"role": "student", "email_domain": "gmail.com"},
        {"name": "Ada 🦉", "seniority": "none"},
        {},
    ],
    "conversion_made": [{"kind": "demo"}, {"kind": "contact_request", "note": "soon"}],
    "consent_changed": [{"marketing": True}, {"marketing": False}],
    "identified": [{"known_as": lead} for lead in LEADS],
    "merged": [{"into": lead, "by": "sam"} for lead in LEADS],
    "accepted": [{"by": "sam"}, {}],
    "attempt_made": [
        {"channel": "phone", "outcome": "no_answer"},
        {"channel": "email", "outcome": "voicemail"},
        {"channel": "video", "outcome": "answered", "by": "kim"},
    ],
    "qualified": [{"by": "sam"}],
    "rejected": [{"reason": "spam"}],
    "returned": [{"reason": "not_ready", "by": "sam"}, {"reason": "bored"}],
    "stage_moved": [{"to": stage} for stage in ("visitor", "lead", "mql", "accepted", "sql", "customer")],
    "owner_changed": [{"owner": "kim"}, {"owner": "o" * 128}],
    "won": [{"amount": 10.5, "currency": "USD"}, {}],
    "lost": [{"reason": "no_budget"}, {"reason": "bored"}],
    "nurture_started": [{"track": "decision"}, {"track": "vip"}],
    "reminder": [{"deadline": "response", "handoff": 1}],
}
JUNK: Sequence[Callable[[Line], Line]] = [
    lambda line: replace(line, value=None),
    lambda line: replace(line, value=b"\xff\x00"),
    lambda line: replace(line, value=(line.value or b"")[:-9]),
    lambda line: replace(line, value=(line.value or b"").replace(b"data", b"date", 1)),
    lambda line: replace(line, key=b"somebody else"),
    lambda line: replace(line, key=None),
    lambda line: replace(line, key=b"\xff" * 200),
    lambda line: replace(line, topic=topics.LETTER.name),
    lambda line: replace(line, timestamp=line.timestamp - 48 * HOUR),
    lambda line: replace(line, value=(line.value or b"").replace(b'"time":"2026', b'"time":"1926')),
]


@dataclass(frozen=True)
class Happening:
    """A message, well made or spoiled; or, without one, the clock that strikes."""

    at: int
    event: Event | None = None
    spoil: Callable[[Line], Line] | None = None


LEAD = st.sampled_from([*LEADS * 5, STRANGER])
WHEN = st.integers(0, 14 * 24 * 4).map(lambda quarters: MONDAY + quarters * 15 * MINUTE)
ID = st.integers(0, 200).map(str)
TELLING = st.sampled_from([(kind, data) for kind, told in TOLD.items() for data in told])
OFTEN = st.sampled_from([(kind, TOLD[kind][0]) for kind in ("attempt_made", "conversion_made", "profile_given")])
"""What makes pursuits and handoffs."""
EVENTS = st.builds(
    lambda told, at, lead, number: Event(*told, at, lead, "urn:test", number), TELLING | TELLING | OFTEN, WHEN, LEAD, ID
)
RIGHT = st.builds(lambda event: Happening(event.at or 0, event), EVENTS)
SPOILED = st.builds(lambda event, spoil: Happening(event.at or 0, event, spoil), EVENTS, st.sampled_from(JUNK))
CLOCK = st.builds(Happening, WHEN)
HAPPENINGS = st.integers(0, 15).flatmap(lambda chance: {14: SPOILED, 15: CLOCK}.get(chance, RIGHT))


@dataclass
class Fold:
    """A lane that is folded record by record, and what came of it."""

    terms: Terms
    relay: Relay = field(init=False)
    table: dict[bytes, bytes | None] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.relay = Relay(0, LANES, self.terms)

    def take(self, *records: Line) -> "Fold":
        """Fold the records."""
        for record in records:
            self.relay.take(record)
        return self

    def commit(self) -> "Fold":
        """Write what is to be written."""
        harvest = self.relay.harvest()
        self.relay.committed()
        self.table.update(harvest.rows)
        self.outputs += harvest.outputs
        return self

    def crash(self) -> None:
        """Begin anew from what was written."""
        self.relay = Relay(0, LANES, self.terms)
        for key, row in self.table.items():
            self.relay.restore(key, row)

    @property
    def rows(self) -> dict[bytes, bytes]:
        """The rows of leads that were written."""
        return {key: row for key, row in self.table.items() if row is not None and not key.startswith(b"\x00")}

    @property
    def leads(self) -> list[Lead]:
        """The leads that were written."""
        return [lead for lead in self._unpacked() if not lead.known_as and not is_group(lead.id)]

    @property
    def groups(self) -> list[Lead]:
        """The buying groups that were written."""
        return [lead for lead in self._unpacked() if is_group(lead.id)]

    @property
    def aliases(self) -> list[Lead]:
        """The ids that stand for another lead."""
        return [lead for lead in self._unpacked() if lead.known_as]

    def _unpacked(self) -> Iterator[Lead]:
        return (unpack(key.decode(), row) for key, row in self.rows.items())

    def terms_of(self, number: int) -> Terms:
        """The version of this number."""
        terms = self.relay.versions.latest(self.terms).numbered(number)
        assert terms is not None
        return terms

    @property
    def totals(self) -> Counter[Key]:
        """The counters."""
        return Counter(dict(self.relay.counts.totals))


def folded(terms: Terms, records: Sequence[Line], cuts: Mapping[int, bool] | None = None) -> Fold:
    """All records folded in one go, or cut before those of some numbers, where a lane may begin anew."""
    fold = Fold(terms)
    for number, record in enumerate(records):
        if cuts and number in cuts:
            fold.commit()
            if cuts[number]:
                fold.crash()
        fold.take(record)
    return fold.commit()


class Said:
    """A fact as the journal tells it."""

    def __init__(self, output: Output) -> None:
        line = orjson.loads(output.value or b"")
        self.lead: str = line["lead"]
        self.cause: str = line["cause"]
        self.at: str = line["at"]
        self.agreement: int = line["agreement"]
        self.fact = fact_of(output.value or b"")


def journal(fold: Fold) -> list[Said]:
    """Every fact of a fold, in order."""
    return [Said(output) for output in fold.outputs if output.topic == topics.FACT.name]


def published(document: str, number: int) -> Event:
    """A version is published, so that a lane knows it before it begins."""
    data = {"number": number, "document": wrapped(document), "by": "maria"}
    return Event("agreement_published", data, MONDAY - HOUR, VERSION, "urn:test", f"version-{number}")


@st.composite
def histories(draw: st.DrawFn, *, versions: bool = True) -> History:
    """An agreement, and the records of one lane in the order in which they are folded, reminders where they came.

    With `versions` the first records are later versions of the agreement, if there are any.
    """
    terms = draw(AGREEMENTS)
    relay, offsets, records = Relay(0, LANES, terms), Counter[str](), []

    def take(line: Line) -> None:
        record = replace(line, offset=offsets[line.topic])
        offsets[line.topic] += 1
        already = len(relay.outputs)
        relay.take(record)
        records.append(record)
        for letter in relay.outputs[already:]:
            if letter.topic == topics.LETTER.name and home((letter.key or b"").decode(), LANES) == 0:
                take(Line(letter.topic, 0, 0, line.timestamp, letter.key, letter.value, letter.headers))

    for place, document in enumerate(draw(LATER) if versions else ()):
        take(published(document, place + 2).record(0, 0))
    length = draw(st.integers(1, 60))
    for happening in draw(st.lists(HAPPENINGS, min_size=length, max_size=length)):
        if happening.event:
            line = happening.event.record(0, 0)
            take(happening.spoil(line) if happening.spoil else line)
        else:
            already = len(relay.outputs)
            relay.ring(happening.at)
            for letter in relay.outputs[already:]:
                take(Line(letter.topic, 0, 0, happening.at, letter.key, letter.value, letter.headers))
    return terms, records


def binary(record: Line) -> Line:
    """The same record in binary mode, if it is well made."""
    message = decode(record.topic, record.key, record.value, record.headers)
    kind = OF[message.kind]
    value = kind.adapter.dump_json(message.data)
    headers = binary_headers(Envelope(message.id, message.source, kind.type, message.lead, message.at, value))
    return replace(record, value=value, headers=headers)
