"""Makes up a believable web history for the people of the campaign and for visitors whom nobody calls.

Who visits how often is heavy-tailed: most people of the campaign never come, few come often. They come above all in the
weeks before they are called, and some in the hours before. The same seed gives a person the same history, whoever
else is there.
"""

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter, itemgetter
from random import Random
from typing import NamedTuple

from schemas.envelope import Envelope
from streams import campaign, site
from streams.contacts import Contact
from streams.story import Story
from streams.timeline import AT, DAY_MS, HOUR_MS, MINUTE_MS, in_order, numbered, weekday

SOURCE = "urn:leadrelay:traffic"
MARK = "w"
BEFORE_MS, AFTER_MS = 90 * DAY_MS, 60 * DAY_MS
"""People of the campaign may visit the site from so long before the first attempt until so long after the last call."""
VISITS_MAX = 40
TAIL, SCALE = 1.2, 0.4
"""Pareto: two people of three make no visit, one of fifty makes ten or more."""
VISITS_A_PHASE = 4
"""After so many visits a person is a phase further."""
HOT, EARLY = 0.35, 0.85
"""The share of visits in the hours before the call, and the share of those and the ones in the weeks before it."""
HOT_MS = (20 * MINUTE_MS, 20 * HOUR_MS, 3 * HOUR_MS)
"""So long before the call: least, most, most often."""
HOURS = (7, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 18, 19, 19, 20, 20, 21, 22)
"""Hours of the day (UTC) in which visits begin: most at work, some in the evening."""
DAWN, EVENING_MS = 6, 8 * HOUR_MS
SATURDAY, WEEKEND_SHARE = 5, 0.35


class Person(NamedTuple):
    """Somebody who may visit the site from `from_at` to about `to_at`, and most of all shortly before `called_at`.

    `known` says whether we know this person from the start; others may make themselves known.
    """

    id: str
    from_at: int
    called_at: int
    to_at: int
    known: bool


def people(contacts: Iterable[Contact]) -> Iterator[Person]:
    """The people of the campaign."""
    for contact in contacts:
        yield Person(
            contact.id, contact.accepted_at - BEFORE_MS, contact.accepted_at, contact.over_at + AFTER_MS, known=True
        )


def visitors(contacts: Iterable[Contact], share: float) -> Iterator[Person]:
    """Anonymous visitors, so many for each person of the campaign, spread over time as the campaign is."""
    due, number = 0.0, 0
    for contact in contacts:
        due += share
        while number < int(due):
            number += 1
            from_at = contact.accepted_at - BEFORE_MS
            yield Person(f"v-{number:06}", from_at, from_at + BEFORE_MS // 2, from_at + BEFORE_MS, known=False)


def events(everybody: Iterable[Person], seed: int, intensity: float = 1.0) -> Iterator[Envelope]:
    """What people who are in order of `from_at` do, in order of time; visits grow in number with the intensity."""
    chance = Random(seed)  # noqa: S311  made-up traffic, no secret

    def life(person: Person) -> list[Envelope]:
        chance.seed(f"{seed}/{person.id}")  # its own, so that nobody's history depends on who else is there
        story = Story(chance, known=person.known)
        for nth, at in enumerate(_visits(person, chance, intensity)):
            hot = 0 < person.called_at - at < HOT_MS[1]
            story.visit(at, site.PHASES[min(nth // VISITS_A_PHASE + hot, len(site.PHASES) - 1)])
        return numbered(person.id, MARK, SOURCE, sorted(story.happened, key=itemgetter(0)))

    return in_order((person.from_at, life(person)) for person in everybody)


def history(
    contacts: Iterable[Contact], seed: int, intensity: float = 1.0, visitors_share: float = 0.5
) -> Iterator[Envelope]:
    """The campaign's own events together with made-up traffic of its people and of visitors, in order of time."""
    chosen = list(contacts)
    everybody = merge(people(chosen), visitors(chosen, visitors_share), key=attrgetter("from_at"))
    return merge(campaign.events(chosen), events(everybody, seed, intensity), key=AT)


def _visits(person: Person, chance: Random, intensity: float) -> list[int]:
    """When the visits of a person begin."""
    times = min(int(intensity * SCALE * chance.paretovariate(TAIL)), VISITS_MAX)
    return sorted(_visit_at(person, chance) for _ in range(times if person.known else times + 1))


def _visit_at(person: Person, chance: Random) -> int:
    draw, part = chance.random(), chance.random()
    if draw < HOT:
        at = person.called_at - int(chance.triangular(*HOT_MS))
        return at - EVENING_MS if at % DAY_MS < DAWN * HOUR_MS else at
    if draw < EARLY:
        at = person.called_at - int((person.called_at - person.from_at) * part**3)
    else:
        at = person.called_at + int((person.to_at - person.called_at) * part * part)
    return _by_day(at // DAY_MS, chance)


def _by_day(day: int, chance: Random) -> int:
    """A believable instant on that day, or on the Monday after a weekend."""
    if weekday(day) >= SATURDAY and chance.random() > WEEKEND_SHARE:
        day += 7 - weekday(day)
    return day * DAY_MS + chance.choice(HOURS) * HOUR_MS + int(chance.random() * HOUR_MS)
