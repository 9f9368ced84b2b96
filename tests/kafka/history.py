"""Seeded histories for storms: activity and feedback of many leads, with duplicates and junk among them."""

import random
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import orjson

from schemas.topics import ACTIVITY, FEEDBACK

HOUR_MS = 3_600_000


class Sent(NamedTuple):
    """A message for a topic: key, value and headers as a producer gives them."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


ACTIVITIES: tuple[tuple[str, dict[str, object]], ...] = (
    ("page_viewed", {"url": "/blog/leads", "source": "search"}),
    ("page_viewed", {"url": "/pricing", "source": "web"}),
    ("email_opened", {"email": "autumn"}),
    ("email_clicked", {"email": "autumn", "link": "/case"}),
    ("content_downloaded", {"asset": "checklist", "phase": "decision"}),
    ("event_attended", {"event": "demo-day", "kind": "webinar", "minutes": 40}),
    ("trial_started", {"product": "suite"}),
    ("profile_given", {"seniority": "director", "department": "sales", "company_size": 400, "industry": "software"}),
    ("profile_given", {"seniority": "manager", "email_domain": "gmail.com"}),
    ("conversion_made", {"kind": "demo"}),
    ("email_unsubscribed", {}),
)
FEEDBACKS: tuple[tuple[str, dict[str, object]], ...] = (
    ("accepted", {"by": "eva"}),
    ("attempt_made", {"channel": "phone", "outcome": "no_answer", "by": "eva"}),
    ("attempt_made", {"channel": "email", "outcome": "no_answer", "by": "eva"}),
    ("attempt_made", {"channel": "phone", "outcome": "answered", "by": "eva"}),
    ("returned", {"reason": "not_ready", "by": "eva"}),
    ("qualified", {"by": "eva"}),
    ("won", {"amount": 1200.0}),
    ("nurture_started", {"track": "decision"}),
    ("stage_moved", {"to": "lead"}),
    ("owner_changed", {"owner": "tom"}),
)
JUNK = (b"", b"not json", b"[1]", b'{"specversion":"1.0"}')


def history(events: int, leads: int, seed: int, ends_at: int, joins: float = 0) -> Iterator[Sent]:
    """So many messages; the last ones happened at `ends_at` (ms since the epoch), ten seconds after one another.

    This share of them says that two leads are one.
    """
    chance = random.Random(seed)  # noqa: S311  a believable load, not a secret
    sent: deque[Sent] = deque(maxlen=200)
    for number in range(events):
        roll = chance.random()
        if roll < 0.01:
            yield Sent(ACTIVITY.name, b"L%06d" % chance.randrange(leads), chance.choice(JUNK), [])
        elif roll < 0.03 and sent:
            yield chance.choice(sent)
        elif joins and roll < 0.03 + joins:
            sent.append(_joining(f"{seed}-{number}", chance, leads, ends_at - (events - number) * 10_000))
            yield sent[-1]
        else:
            family, topic, kinds = chance.choices(
                (("activity", ACTIVITY.name, ACTIVITIES), ("feedback", FEEDBACK.name, FEEDBACKS)), (3, 1)
            )[0]
            kind, data = chance.choice(kinds)
            lead = f"L{int(leads * chance.random() ** 2):06d}"
            sent.append(
                _event(f"{seed}-{number}", family, topic, kind, lead, ends_at - (events - number) * 10_000, data)
            )
            yield sent[-1]


def _joining(identity: str, chance: random.Random, leads: int, at: int) -> Sent:
    lead, other = (f"L{chance.randrange(leads):06d}" for _ in range(2))
    if chance.random() < 0.5:
        return _event(identity, "activity", ACTIVITY.name, "identified", lead, at, {"known_as": other})
    return _event(identity, "feedback", FEEDBACK.name, "merged", lead, at, {"into": other})


def _event(  # noqa: PLR0913, PLR0917  the parts of an event
    identity: str, family: str, topic: str, kind: str, lead: str, at: int, data: dict[str, object]
) -> Sent:
    from schemas.envelope import Envelope, binary_headers  # noqa: PLC0415

    envelope = Envelope(identity, "storm", f"leadrelay.{family}.{kind}.v1", lead, at, orjson.dumps(data))
    return Sent(topic, lead.encode(), orjson.dumps(data), list(binary_headers(envelope)))
