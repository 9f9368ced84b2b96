"""One message through the house: decode, object, decide, count, publish; and what one lane has to write for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas import topics
from schemas.bounds import ID_LENGTH_MAX, End
from schemas.codec import Message, Output, decode
from schemas.envelope import FUTURE_MS_MAX, Refusal, rfc3339
from schemas.fact import Acted, AgreementAdopted, Fact, Forwarded, HandedOver, Held, Passed
from schemas.groups import is_group
from streams.alarms import Alarms, reminders
from streams.forwarding import HOPS_MAX, comes_home, formers, forward, forwarded_from, is_forwarded, redirect
from streams.funnel import COUNT, COUNT_OF_GROUPS, Counts, Key
from streams.journal import about, line
from streams.lead import JOINING, Moment, decide
from streams.objection import Refused, objection
from streams.publish import PUBLISH, addressee, said
from streams.rating import as_of
from streams.record import Record
from streams.refused import deadletter
from streams.routing import lane_of
from streams.row import Lead, digest, due_at, knows, next_due, pack, remember
from streams.terms import Terms
from streams.versions import ROW, Versions
from streams.waiting import AHEAD_MS, Waiting
from streams.waiting import PREFIX as WAITING
from streams.warm import Warm

_new = tuple.__new__  # half the price of calling the class, which counts at each event
OURS = b"\x00"
"""How the keys of rows begin that are of no lead."""
ADOPTING = "agreement_published"


class Harvest(NamedTuple):
    """What one transaction must write; `urgent` when something is published and not only remembered."""

    rows: list[tuple[bytes, bytes | None]]
    outputs: list[Output]
    urgent: bool


@dataclass(slots=True)
class Relay:
    """One lane: its rows, its counters, its alarms, and what was folded since the last harvest.

    Attributes:
        rows: Every lead's row by key, as of the last harvest.
        drafts: Leads touched since then.
        handoffs: Leads handed over since the lane was opened.
        reached_at: The latest event time of each input topic, for a clock that follows the stream.
    """

    lane: int
    lanes: int
    terms: Terms
    rows: dict[bytes, bytes] = field(default_factory=dict)
    drafts: dict[bytes, Lead] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    versions: Versions = field(default_factory=Versions)
    waiting: Waiting = field(default_factory=Waiting)
    reached_at: dict[str, int] = field(default_factory=dict)
    urgent: bool = False
    handoffs: int = 0
    _warm: Warm = field(default_factory=Warm)
    _alarms: Alarms = field(default_factory=Alarms)

    def restore(self, key: bytes, value: bytes | None) -> None:
        """Take one record of the lane's changelog."""
        if not key.startswith(OURS):  # of a lead, as nearly all are
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
                due = due_at(value)
                if due is not None:
                    self._alarms.set(due, key)
        elif key == ROW:
            self.versions.restore(self.terms, value or b"[]")
        elif key.startswith(WAITING):
            self.waiting.restore(key, value)
        else:
            self.counts.restore(key, value or b"{}")

    def take(self, record: Record) -> End:
        """Fold one record; it has exactly one end, and each end is counted and journalled."""
        cause = f"{topics.LETTERS[record.topic]}{record.partition}-{record.offset}"
        carrier = record.topic if record.topic != topics.LETTER.name else forwarded_from(record)
        try:
            message = decode(carrier, record.key, record.value, record.headers)
            end = self._step(message, record, cause)
        except Refusal as refusal:
            end = self._refuse(record, cause, refusal)
        self.counts.add(("messages", record.topic, end))
        return end

    def _step(self, message: Message, record: Record, cause: str) -> End:
        key, at = message.lead.encode(), message.at
        if record.topic == topics.LETTER.name and not self.waiting.release(record):
            return self._pass(message, cause, "repeated", "it has waited, and has come before")
        if 0 < record.timestamp < at - FUTURE_MS_MAX:
            raise Refusal("time_out_of_range", f"{message.time} is more than a day after its arrival")
        early = at > record.timestamp + AHEAD_MS > AHEAD_MS
        if at > self.reached_at.get(record.topic, 0) and not early:
            self.reached_at[record.topic] = at
        if message.kind == ADOPTING:
            return self._adopt(message, cause)
        lead = self._known(key)
        if lead is None:
            home = lane_of(key, self.lanes)
            if home != self.lane:
                return self._forward(record, message, cause, home)
            lead = Lead(message.lead)
        if lead.known_as and message.kind != "reminder":
            if message.kind != JOINING or not comes_home(lead.id, record):
                return self._redirect(lead, record, message, cause)
        elif early:
            return self._hold(record, message, cause)
        return self._handle(lead, message, key, cause)

    def _handle(self, lead: Lead, message: Message, key: bytes, cause: str) -> End:
        terms, at = self.terms, message.at
        if self.versions:  # who has heard of something later is judged by the version of then
            terms = self.versions.in_force(terms, max(at, as_of(lead)))
            decided = max(lead.agreement, message.data.agreement) if message.kind == JOINING else lead.agreement
            if terms.number < decided:
                terms = self.versions.latest(self.terms).numbered(decided) or terms
        mark = digest(message.source, message.id)
        if knows(lead, mark):
            return self._pass(message, cause, "repeated", "this event id was seen before")
        against = objection(lead, message, terms)
        if isinstance(against, Refused):
            raise Refusal(against.reason, against.detail)
        if against is not None and not lead.history:
            return self._pass(message, cause, "ignored", against.reason)
        # Not done for a refused message, which may come again when it was mended, or the agreement was.
        remember(lead, mark, terms.remember)
        self.drafts[key] = lead
        if against is not None:
            return self._pass(message, cause, "ignored", against.reason)
        before = next_due(lead)
        facts = decide(lead, message, terms, _new(Moment, (at, cause)))
        due = next_due(lead)
        if due != before:
            self._alarms.set(due, key)
        self._tell(lead, facts, message, cause, terms)
        return "applied"

    def _adopt(self, message: Message, cause: str) -> End:
        """Know a new version of the agreement."""
        terms = self.versions.adopt(self.terms, message.data.document)
        if terms is None:
            return self._pass(message, cause, "ignored", "this version or a later one is known")
        self._journal("", message.at, cause, AgreementAdopted(terms.number, terms.name, terms.effective_at))
        return "applied"

    def _forward(self, record: Record, message: Message, cause: str, home: int) -> End:
        """Send a message on to the lane where its lead lives: its producer has another partitioner."""
        if is_forwarded(record):
            raise Refusal("wrong_lane", f"sent on to partition {self.lane}, but this key's is {home}")
        self.outputs.append(forward(record, cause))
        self.urgent = True
        self.counts.add(("forwarded", record.topic))
        self._journal(message.lead, message.at, cause, Forwarded(home))
        return "applied"

    def _hold(self, record: Record, message: Message, cause: str) -> End:
        """Let a message wait that is dated in the future."""
        self.waiting.hold(record, cause, message.at)
        self.counts.add(("held", record.topic))
        self._journal(message.lead, message.at, cause, Held(message.at))
        return "applied"

    def _redirect(self, lead: Lead, record: Record, message: Message, cause: str) -> End:
        """Send a message on to the lead that this id stands for."""
        to = lead.known_as
        if len(formers(record)) >= HOPS_MAX:
            raise Refusal("circular_ids", f"{lead.id} stands for {to}, and so on {HOPS_MAX} times")
        self.outputs.append(redirect(record, cause, to))
        self.urgent = True
        self.counts.add(("redirected", record.topic))
        self._journal(message.lead, message.at, cause, Forwarded(lane_of(to.encode(), self.lanes), to))
        return "applied"

    def lead(self, key: bytes) -> Lead:
        """The lead of this key as it is now, a new one when there is none."""
        return self._known(key) or Lead(key.decode())

    def _known(self, key: bytes) -> Lead | None:
        lead = self.drafts.get(key) or self._warm.get(key)
        if lead is None and key in self.rows:
            return self._warm.unpacked(key, self.rows[key])
        return lead

    def _tell(self, lead: Lead, facts: list[Fact], message: Message, cause: str, terms: Terms) -> None:
        """Count, journal and publish what was decided, activities by the version in force when they happened."""
        common, number = about(message.lead, message.time, cause, terms.number), 0
        then = terms.then(message.at)
        scored = common if then is terms else about(message.lead, message.time, cause, then.number)
        key = message.lead.encode()
        counted = COUNT_OF_GROUPS if is_group(lead.id) else COUNT
        for fact in facts:
            kind = type(fact)
            self.outputs.append(
                _new(Output, (topics.FACT.name, key, line(scored if kind is Acted else common, fact), ()))
            )
            if kind in counted:
                for counter, change in counted[kind](lead, fact, message.time):
                    self.counts.add(counter, change)
            if kind in PUBLISH:
                number += 1
                self.handoffs += kind is HandedOver
                data = PUBLISH[kind](lead, fact, terms)
                self._say(f"{cause}-{number}", addressee(lead, fact), message.at, data, message.time)

    def _say(self, identity: str, lead: str, at: int, data: object, time: str = "") -> None:
        self.outputs.append(said(identity, lead, at, data, time))
        self.urgent = True

    def _pass(self, message: Message, cause: str, end: End, reason: str) -> End:
        self._journal(message.lead, message.at, cause, Passed(end, reason, ""))
        return end

    def _refuse(self, record: Record, cause: str, refusal: Refusal) -> End:
        lead = (record.key or b"").decode(errors="replace")[:ID_LENGTH_MAX]
        self._journal(lead, max(record.timestamp, 0), cause, Passed("refused", refusal.reason, refusal.detail))
        self.outputs.append(deadletter(record, refusal))
        self.urgent = True
        return "refused"

    def _journal(self, lead: str, at: int, cause: str, fact: Fact) -> None:
        """Write a fact that is about a message, with the version in force then."""
        terms = self.versions.in_force(self.terms, at)
        value = line(about(lead, rfc3339(at), cause, terms.number), fact)
        self.outputs.append(Output(topics.FACT.name, lead.encode() or None, value, ()))

    def harvest(self) -> Harvest:
        """Everything to be written since the last harvest; what is folded from now on belongs to the next."""
        rows: list[tuple[bytes, bytes | None]] = []
        for key, lead in self.drafts.items():
            row = self.rows[key] = pack(lead)
            rows.append((key, row))
        rows += [*self.counts.changes(), *self.waiting.changes()]
        if self.versions.changed:
            rows.append((ROW, self.versions.row()))
        harvest = Harvest(rows, self.outputs, self.urgent)
        self._warm.keep(self.drafts)
        self.drafts, self.outputs, self.urgent = {}, [], False
        return harvest

    def committed(self) -> None:
        """The last harvest is in the log."""
        self.counts.committed()

    @property
    def shown(self) -> Mapping[Key, int]:
        """The counters as of the last commit, fit to be shown to the world."""
        return self.counts.shown

    @property
    def restored(self) -> Mapping[Key, int]:
        """The counters as they were when the lane was opened."""
        return self.counts.restored

    def ring(self, now: int) -> int:
        """Write letters to those whose time and grace are over, and those that waited for now; how many there were."""
        letters = [*self.waiting.ring(now)]
        self.outputs += letters
        self.urgent |= bool(letters)
        number = len(letters)
        for due, key in self._alarms.rung(now - self._grace_ms, self._due_at):
            number += 1
            lead = self.lead(key)
            for identity, reminder in reminders(lead, due):
                self._say(identity, lead.id, due, reminder)
        return number

    def _due_at(self, key: bytes) -> int | None:
        draft, row = self.drafts.get(key), self.rows.get(key)
        if draft is not None:
            return next_due(draft)
        return due_at(row) if row is not None else None

    @property
    def _grace_ms(self) -> int:
        return self.versions.latest(self.terms).grace_ms

    def wakes_at(self) -> int | None:
        """The instant at which `ring` may have something to do; None when no deadline runs."""
        at = self._alarms.next_at
        due = None if at is None else at + self._grace_ms
        return min((each for each in (due, self.waiting.wakes_at) if each is not None), default=None)
