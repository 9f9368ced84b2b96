"""Tells the story of a lead in a test: `given(page(), demo()).when(accepted())` is the facts of the last message.

Messages go in as the bytes of structured CloudEvents, facts come out of the journal's bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

import schemas
from schemas import fact as f
from schemas import topics
from schemas.agreement import Agreement
from schemas.codec import BY_TYPE, KINDS, Output
from schemas.envelope import Envelope, structured
from schemas.mistakes import parse
from streams.record import Line
from streams.relay import Harvest, Relay
from streams.routing import lane_of
from streams.row import Lead
from streams.terms import Terms, compiled

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONDAY = 1_793_610_000_000
"""2026-11-02, a Monday, 09:00 UTC: 10:00 in Berlin, one hour into the working day."""
ADA = "ada"

_numbers = count(1)


@dataclass(frozen=True)
class Event:
    """A message on its way in; without an instant it happens a minute after the one before."""

    kind: str
    data: dict[str, Any]
    at: int | None = None
    lead: str = ADA
    source: str = "urn:test"
    id: str = field(default_factory=lambda: f"e{next(_numbers)}")

    def value(self) -> bytes:
        """The event as one JSON object."""
        kind = OF[self.kind]
        data = orjson.dumps(self.data)
        return structured(Envelope(self.id, self.source, kind.type, self.lead, self.at or 0, data))

    def record(self, lane: int, offset: int) -> Line:
        """The event as it lies in its topic, where it arrived when it happened."""
        return Line(OF[self.kind].topic, lane, offset, self.at or 0, self.lead.encode(), self.value())


OF = {kind.name: kind for kind in KINDS}


def event(kind: str, /, at: int | None = None, lead: str = ADA, **data: Any) -> Event:
    """Any message."""
    return Event(kind, data, at, lead)


Maker = Callable[..., Event]
page: Maker = partial(event, "page_viewed", url="https://example.com/blog")
pricing: Maker = partial(event, "page_viewed", url="https://example.com/pricing")
content: Maker = partial(event, "content_downloaded", asset="paper")
form: Maker = partial(event, "form_submitted", form="newsletter")
attended: Maker = partial(event, "event_attended", event="webinar-1", kind="webinar")
trial: Maker = partial(event, "trial_started", product="suite")
profile: Maker = partial(event, "profile_given")
boss: Maker = partial(event, "profile_given", seniority="VP", company_size=200, country="PT")
demo: Maker = partial(event, "conversion_made", kind="demo")
consent: Maker = partial(event, "consent_changed")
unsubscribed: Maker = partial(event, "email_unsubscribed")
accepted: Maker = partial(event, "accepted", by="sam")
attempt: Maker = partial(event, "attempt_made", channel="phone", outcome="no_answer", by="sam")
qualified: Maker = partial(event, "qualified", by="sam")
rejected: Maker = partial(event, "rejected", reason="spam", by="sam")
returned: Maker = partial(event, "returned", reason="not_ready", by="sam")
move: Maker = partial(event, "stage_moved", by="sam")
owner: Maker = partial(event, "owner_changed", by="sam")
won: Maker = partial(event, "won", amount=1200.0, currency="EUR", by="sam")
lost: Maker = partial(event, "lost", reason="no_budget", by="sam")
track: Maker = partial(event, "nurture_started", by="sam")
HOT = (boss(), content(), attended())
"""A lead that is handed over by its score with the last message: fit 45, interest 8 + 12."""


@cache
def default() -> dict[str, Any]:
    """The default agreement as a tree."""
    text = (Path(schemas.__file__).parent / "agreement.toml").read_text()
    return parse(text).model_dump(by_alias=True)


def agreed(**changes: Any) -> Terms:
    """The default terms with changes: `agreed(handoff__score=40)`."""
    tree: dict[str, Any] = orjson.loads(orjson.dumps(default()))
    tree["agreement"]["effective_from"] = default()["agreement"]["effective_from"]
    for path, value in changes.items():
        *sections, key = path.split("__")
        branch = tree
        for section in sections:
            branch = branch[section]
        branch[key] = value
    return compiled(Agreement.model_validate(tree))


class Story:
    """A lane of one partition, and what it made of each message."""

    def __init__(self, terms: Terms | None = None) -> None:
        self.relay = Relay(0, 1, terms or agreed())
        self.end = "applied"
        self.outputs: list[Output] = []
        self.at = MONDAY
        self._offsets = {topic.name: count() for topic in topics.INPUTS}

    def and_then(self, *events: Event) -> "Story":
        """Go on with these messages."""
        for each in events:
            self.when(each)
        return self

    def when(self, message: Event) -> list[f.Fact]:
        """The facts of this message, in order."""
        self.at = message.at or self.at + MINUTE
        return self.take(replace(message, at=self.at).record(0, self._next(OF[message.kind].topic)))

    def take(self, record: Line) -> list[f.Fact]:
        """The facts of this record, in order."""
        already = len(self.relay.outputs)
        self.end = self.relay.take(record)
        self.outputs = self.relay.outputs[already:]
        return facts(self.outputs)

    def _next(self, topic: str) -> int:
        return next(self._offsets[topic])

    def ring(self, now: int) -> list[Output]:
        """The letters that the alarm writes at that instant; they have not arrived yet."""
        already = len(self.relay.outputs)
        self.relay.ring(now)
        letters = self.relay.outputs[already:]
        del self.relay.outputs[already:]
        return letters

    def deliver(self, letters: Sequence[Output], now: int) -> list[f.Fact]:
        """Let the letters arrive; the facts of all."""
        records = [
            Line(each.topic, 0, self._next(each.topic), now, each.key, each.value, each.headers) for each in letters
        ]
        return [fact for record in records for fact in self.take(record)]

    def remind(self, now: int) -> list[f.Fact]:
        """Let the alarm ring at that instant and the letters arrive; the facts of all."""
        return self.deliver(self.ring(now), now)

    @property
    def lead(self) -> Lead:
        """The lead of the story, as it is now."""
        return self.lead_of(ADA)

    def lead_of(self, identity: str) -> Lead:
        """Any lead, as it is now."""
        return self.relay.lead(identity.encode())

    @property
    def said(self) -> list[tuple[str, dict[str, Any]]]:
        """What was published because of the last message: the type's short name and the data."""
        return said(self.outputs)


def given(*events: Event, terms: Terms | None = None) -> Story:
    """What happened before."""
    return Story(terms).and_then(*events)


def restored(*harvests: Harvest) -> Story:
    """A lane that begins with what others wrote."""
    story = Story()
    for harvest in harvests:
        for key, row in harvest.rows:
            story.relay.restore(key, row)
    return story


_ADAPTERS = {name: TypeAdapter(kind) for kind, name in f.NAMES.items()}


def facts(outputs: Sequence[Output]) -> list[f.Fact]:
    """The facts among these outputs."""
    return [fact_of(output.value or b"") for output in outputs if output.topic == topics.FACT.name]


def fact_of(line: bytes) -> f.Fact:
    """The fact of a line of the journal."""
    read = orjson.loads(line)
    fact: f.Fact = _ADAPTERS[read["fact"]].validate_python(read["data"])
    return fact


def said(outputs: Sequence[Output]) -> list[tuple[str, dict[str, Any]]]:
    """The events of our own contracts among these outputs."""
    own = {topic.name for topic in topics.OUTPUTS}
    return [(type_of(output), orjson.loads(output.value or b"")) for output in outputs if output.topic in own]


def type_of(output: Output) -> str:
    """Family and name of a published event: `handoff.requested`."""
    kind = BY_TYPE[dict(output.headers)["ce_type"].decode()]
    return kind.type.removeprefix("leadrelay.").removesuffix(".v1")


def kinds(found: Sequence[f.Fact]) -> list[str]:
    """The names of facts in the journal."""
    return [f.NAMES[type(fact)] for fact in found]


def home(lead: str, lanes: int) -> int:
    """The lane of a lead."""
    return lane_of(lead.encode(), lanes)
