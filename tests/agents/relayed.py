"""Lanes with a real history behind them, for tests of what is shown of lanes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import islice

from agents.agreement import load_terms
from agents.data import campaign_lines
from agents.engine.engine import Status
from schemas.agreement import Grid
from schemas.envelope import Envelope, structured
from schemas.topics import ACTIVITY
from streams.contacts import contacts
from streams.funnel import Key
from streams.grading import Rating, grid
from streams.record import Line
from streams.relay import Relay
from streams.replay import Replay
from streams.terms import NamedTerm
from streams.traffic import history

ROWS, CONTACTS = 3000, 300
NAMED = [
    Envelope(f"named-{n}", "site", f"leadrelay.activity.{kind}.v1", "v-1", 1_210_000_000_000, data)
    for n, (kind, data) in enumerate(
        [("page_viewed", {"url": "/"}), ("identified", {"known_as": "max"}), ("page_viewed", {"url": "/"})]
    )
]
"""A visitor who tells a name, and reads on under the old id."""
LEFT_AT = 1_209_945_600_000
JUNK = b'{"specversion":"1.0","id":"1","source":"junk","type":"no.such.type","subject":"x"}'


@cache
def relays() -> tuple[Relay, ...]:
    """Three lanes after a part of the campaign, its traffic and one message that is refused; all of it committed."""
    grades = grid(Grid(fit={"A": 25, "B": 0}, interest={"1": 20, "2": 0}, handoff=["A1"], names={"A1": "hot"}))
    named, stars = {"suite": NamedTerm(45, frozenset(), frozenset())}, Rating(100, rooted=False, names=[(0, "rated")])
    replay = Replay(replace(load_terms(), grid=grades, named=named, rating=stars), lanes=3)
    events = history(contacts(islice(campaign_lines(), ROWS), CONTACTS), seed=1)
    for _ in replay.feed([*map(structured, [*events, *NAMED]), JUNK], reminding=True):
        pass
    left = b'"leadrelay.activity.email_unsubscribed.v1","time":"2008-05-05T00:00:00Z","data":{}'
    stray = JUNK.replace(b'"no.such.type"', left)
    for relay in replay.relays:  # it lives in one of these lanes, and is sent on by the others
        relay.take(Line(ACTIVITY.name, relay.lane, 10**6, 0, b"x", stray, ()))
        early = stray.replace(b'"id":"1"', b'"id":"2"')  # it arrives before its time, and waits where it lives
        relay.take(Line(ACTIVITY.name, relay.lane, 10**6 + 1, LEFT_AT - 3_600_000, b"x", early, ()))
    for relay in replay.relays:
        relay.harvest()
        relay.committed()
    return tuple(replay.relays)


def counts() -> Mapping[int, Mapping[Key, int]]:
    """What the lanes show, by lane."""
    return {relay.lane: relay.shown for relay in relays()}


def total(family: str) -> Counter[Key]:
    """A family of counts over all lanes, by its label values."""
    found: Counter[Key] = Counter()
    for shown in counts().values():
        found.update({key[1:]: number for key, number in shown.items() if key[0] == family})
    return found


def status(**changed: object) -> Status:
    """An engine whose lanes all work, but for what is changed."""
    calm: dict[str, object] = {
        "owned": (0, 1, 2),
        "open": (0, 1, 2),
        "opening_since": None,
        "last_commit_at": 1_800_000_000_000,
        "lag": {},
        "broker_away_s": None,
    }
    return Status(**{**calm, **changed})  # type: ignore[arg-type]
