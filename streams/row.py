"""What is remembered of one lead, and how it is packed into the bytes of a row.

A row is a short fixed header, the digests of the last event ids, and the rest as a JSON array by position, squeezed.
The header begins with the format and the next deadline: restore sets the alarms of a million leads and decodes none.
A plain row has its array as it is, for letters and the journal, which must not depend on the version of zstd.
"""

from dataclasses import dataclass, field, fields
from hashlib import blake2b
from operator import attrgetter
from struct import Struct
from typing import Literal

import orjson

from schemas.bounds import Stage
from streams.squeezing import squeeze, stretch
from streams.tally import Tally
from streams.timed import Hit

FORMAT = 8
"""Raised when something else is written, by another order of fields or another dictionary (`streams.squeezing`)."""
HEADER, DUE, DUE_AT = Struct(">BqH"), Struct(">q"), 1
"""The header, and its deadline alone, behind the format."""
NEVER = 2**63 - 1
HISTORY_MAX = 12
"""So many last stage moves are remembered; the journal has all."""
DIGEST_BYTES = 6
"""A new event is taken for one of its lead's 64 remembered ones once in 4e12 events."""


Entry = tuple[str, int, int, int, str, str]
"""Of the ledger: rule, points, times, at, cause, detail; `at` and `cause` are those of the last of the `times`."""


@dataclass(slots=True)
class Lead:
    """The state of one lead: a draft that `streams.lead.evolve` writes to.

    Attributes:
        history: The last stage moves, `(stage, at)`; empty until the first message was applied.
        fits: The ledger of fit, one entry a rule; their points add up to `fit`.
        interests: The ledger of what interest adds up, oldest first.
        hits: What the rules that depend on time have to count: by rule, as it happened.
        days: What activities with a daily ceiling gave on the last days: `(activity, day, points)`.
        groups: What its buying groups know of it: its role and points, by the group's id.
        interest: What `interests` add up to, and `hits` as of `rated_at`, within the ceilings.
        told_at: When each field of the profile was told.
        known: Whether an identification has named this lead.
        known_as: The id that stands for this lead; then nothing else is remembered here.
        peak: The highest rung of the funnel ever reached.
        again_at: The score from which a returned lead is handed over again; 0 before its first return.
        pursued_at: When the present pursuit began: when sales got or took the lead.
        attempts: Attempts of the present pursuit.
        owned_as: The stage of the lead that brought the owner, if that is not this lead's; empty else.
        unanswered: Attempts since the last answer, within the pursuit.
        reachable: Whether the lead may be nurtured.
        excluded: The exclusion that keeps the lead from being handed over; empty for none.
        mql_at: When it was handed over first; never changes. 0 before.
        handed_at: When it was handed over last by its `points`, and by a `conversion`.
        recycles: How often it went back to marketing.
        recycle_reason: Why, the last time.
        reason_before: Why, the time before.
        paused_until: No handoff by score or grade before this instant.
        agreement: Number of the version that decided last.
        due_at: The response deadline while it runs.
        look_at: When time alone changes whether the score is reached.
        seen: Digests of the last event ids, oldest first.
        tally: Of what `interest` is made, when that was asked lately.
    """

    id: str
    history: list[tuple[Stage, int]] = field(default_factory=list)
    fits: list[Entry] = field(default_factory=list)
    interests: list[Entry] = field(default_factory=list)
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    days: list[tuple[str, int, int]] = field(default_factory=list)
    groups: dict[str, tuple[str, int]] = field(default_factory=dict)
    stage: Stage = "visitor"
    peak: Stage = "visitor"
    source: str = ""
    arrived_at: int = 0
    active_at: int = 0
    fit: int = 0
    interest: int = 0
    activity: dict[str, int] = field(default_factory=dict)
    profile: dict[str, str | int] = field(default_factory=dict)
    told_at: dict[str, int] = field(default_factory=dict)
    known: bool = False
    known_as: str = ""
    with_sales: bool = False
    owner: str = ""
    owned_as: Stage | Literal[""] = ""
    handoffs: int = 0
    again_at: int = 0
    pursued_at: int = 0
    attempts: int = 0
    attempts_of_all: int = 0
    unanswered: int = 0
    answered: bool = False
    track: str = ""
    reachable: bool = True
    excluded: str = ""
    mql_at: int = 0
    handed_at: dict[str, int] = field(default_factory=dict)
    recycles: int = 0
    recycle_reason: str = ""
    reason_before: str = ""
    paused_until: int = 0
    agreement: int = 0
    rated_at: int = 0
    due_at: int | None = None
    look_at: int | None = None
    seen: bytes = b""
    tally: Tally | None = field(default=None, init=False, compare=False, repr=False)
    _given: dict[str, int] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def given(self) -> dict[str, int]:
        """Points of interest by rule, added up once for as long as the lead is a draft."""
        if self._given is None:
            given: dict[str, int] = {}
            for rule, points, _, _, _, _ in self.interests:
                given[rule] = given.get(rule, 0) + points
            self._given = given
        return self._given

    def give(self, rule: str, points: int) -> None:
        """Add to what is given by a rule."""
        given = self.given
        before = given.get(rule, 0)
        given[rule] = before + points
        if self.tally is not None:
            self.tally.sums.enter(rule, before, before + points)
            if rule in self.hits:
                self.tally.stale |= {rule}

    def forget_given(self) -> None:
        """Add up anew: the ledger of interest is another."""
        self._given = self.tally = None

    def touch(self, rule: str) -> None:
        """What this rule gives by its hits may have changed."""
        if self.tally is not None:
            self.tally.stale |= {rule}

    @property
    def score(self) -> int:
        """Fit plus interest."""
        return self.fit + self.interest


NAMES = [each.name for each in fields(Lead)][1:-3]
"""What the array of a row has, in its order."""
BODY = attrgetter(*NAMES)


def pack(lead: Lead) -> bytes:
    """The row of a lead, without its id, which is the row's key."""
    return _head(lead) + squeeze(_array(lead))


def plain(lead: Lead) -> bytes:
    """The plain row of a lead."""
    return _head(lead) + _array(lead)


def _head(lead: Lead) -> bytes:
    due = next_due(lead)
    return HEADER.pack(FORMAT, NEVER if due is None else due, len(lead.seen)) + lead.seen


def _array(lead: Lead) -> bytes:
    return orjson.dumps(BODY(lead))


def next_due(lead: Lead) -> int | None:
    """The instant at which this lead wants a reminder; None when it wants none."""
    if lead.due_at is None or lead.look_at is None:
        return lead.look_at if lead.due_at is None else lead.due_at
    return min(lead.due_at, lead.look_at)


def unpack(identity: str, row: bytes) -> Lead:
    """The lead of a row.

    Raises:
        ValueError: The row was written in another format, or is broken.
    """
    seen, body = parts(identity, row)
    try:
        return lead_of(identity, seen, stretch(body))
    except ValueError as error:
        message = f"row of lead {identity!r} is broken: {error}"
        raise ValueError(message) from None


def lead_of(identity: str, seen: bytes, array: bytes) -> Lead:
    """The lead of what a plain row is made of.

    Raises:
        ValueError: The array is no JSON.
    """
    history, fits, interests, hits, days, groups, *rest = orjson.loads(array)
    return Lead(  # type: ignore[call-arg]  # the fields between, in their order
        identity,
        list(map(tuple, history)),
        list(map(tuple, fits)),
        list(map(tuple, interests)),
        {rule: list(map(tuple, theirs)) for rule, theirs in hits.items()},
        list(map(tuple, days)),
        {group: (role, points) for group, (role, points) in groups.items()},
        *rest,
        seen,
    )


def parts(identity: str, row: bytes) -> tuple[bytes, bytes]:
    """The digests of a row, plain or not, and its array.

    Raises:
        ValueError: The row was written in another format, or is cut off.
    """
    if len(row) < HEADER.size:
        message = f"row of lead {identity!r} is broken: cut off"
        raise ValueError(message)
    version, _, seen_bytes = HEADER.unpack_from(row)
    if version != FORMAT:
        message = f"row of lead {identity!r} has format {version}, this program reads {FORMAT}"
        raise ValueError(message)
    end = HEADER.size + seen_bytes
    return row[HEADER.size : end], row[end:]


def due_at(row: bytes) -> int | None:
    """The next deadline of a row, read from its header alone."""
    at: int = DUE.unpack_from(row, DUE_AT)[0]
    return None if at == NEVER else at


def digest(source: str, identity: str) -> bytes:
    """What is remembered of an event's identity."""
    state = _EMPTY.copy()  # half the price of a new one
    state.update(f"{source}\x00{identity}".encode())
    return state.digest()


_EMPTY = blake2b(digest_size=DIGEST_BYTES)


def knows(lead: Lead, mark: bytes) -> bool:
    """Whether this digest is among the remembered ones."""
    at = lead.seen.find(mark)
    while at > 0 and at % DIGEST_BYTES:
        at = lead.seen.find(mark, at + 1)
    return at >= 0


def remember(lead: Lead, mark: bytes, most: int) -> None:
    """Remember this digest, and the most recent ones up to `most`."""
    lead.seen = (lead.seen + mark)[-most * DIGEST_BYTES :]
