"""Makes up the events of a bench: many leads at once, mostly page views, the same for the same seed."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random
from typing import Any

from schemas import activity
from schemas.codec import BY_CONTRACT
from schemas.envelope import Envelope

SOURCE = "urn:leadrelay:bench"
FROM_AT = 1_704_099_600_000
"""2024-01-01T09:00:00Z: long enough ago for any number of events."""
STEP_MS = 100
SITE = "https://www.example.com"

Deed = tuple[type[object], dict[str, Any]]

DEEDS: tuple[tuple[int, Deed], ...] = (
    (180, (activity.PageViewed, {"source": "search", "url": f"{SITE}/blog/how-to-agree", "title": "How to agree"})),
    (140, (activity.PageViewed, {"source": "web", "url": f"{SITE}/", "title": "Home", "campaign": "autumn-2024"})),
    (120, (activity.PageViewed, {"source": "social", "url": f"{SITE}/products/relay", "title": "The relay"})),
    (100, (activity.PageViewed, {"source": "web", "url": f"{SITE}/customers/a-factory", "title": "A factory"})),
    (60, (activity.PageViewed, {"source": "web", "url": f"{SITE}/pricing", "title": "Prices"})),
    (110, (activity.EmailOpened, {"source": "email", "email": "newsletter-17", "campaign": "autumn-2024"})),
    (70, (activity.EmailClicked, {"source": "email", "email": "newsletter-17", "link": f"{SITE}/guide"})),
    (50, (activity.ContentDownloaded, {"source": "web", "asset": "guide-to-handoffs", "phase": "consideration"})),
    (20, (activity.ContentDownloaded, {"source": "web", "asset": "price-comparison", "phase": "decision"})),
    (35, (activity.FormSubmitted, {"source": "web", "form": "newsletter"})),
    (
        25,
        (activity.ProfileGiven, {"seniority": "manager", "department": "sales", "company_size": 800, "country": "PT"}),
    ),
    (15, (activity.ProfileGiven, {"seniority": "director", "industry": "software", "email_domain": "example.org"})),
    (25, (activity.EventRegistered, {"source": "event", "event": "webinar-on-pursuit", "kind": "webinar"})),
    (
        20,
        (activity.EventAttended, {"source": "event", "event": "webinar-on-pursuit", "kind": "webinar", "minutes": 41}),
    ),
    (25, (activity.ProductUsed, {"source": "web", "product": "relay", "feature": "board", "times": 3})),
    (5, (activity.ConversionMade, {"source": "web", "kind": "demo"})),
)
"""What leads do, each deed with its share in a thousand."""
_HAPPENINGS = tuple((BY_CONTRACT[contract].type, data) for _, (contract, data) in DEEDS)
_LIMITS = tuple(accumulate(share for share, _ in DEEDS))


def made_up(number: int, leads: int, seed: int) -> Iterator[Envelope]:
    """So many events of so many leads, ten a second, whose turn it is by chance."""
    chance = Random(seed)  # noqa: S311  made-up events, no secret
    deeds = chance.choices
    for n in range(number):
        [(kind, data)] = deeds(_HAPPENINGS, cum_weights=_LIMITS)
        yield Envelope(f"e-{n}", SOURCE, kind, f"lead-{chance.randrange(leads):07}", FROM_AT + n * STEP_MS, data)
