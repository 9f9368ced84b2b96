"""What activities give on one day at most.

Where no other ceiling cuts across that of the day, points are cut when they are given (`streams.score`). Elsewhere hits
are remembered, and what a day leaves of them is a function of all of them: a day counts what happened first, so the
order in which it is told can't change it. All scores by name share it: what a rule of one gets is gone for the others.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from schemas.codec import Message
from schemas.fact import DayCounted, Fact, HitsSettled
from streams.row import Lead, digest
from streams.rulebook import CEILING_MAX, Rulebook
from streams.timed import HITS_MAX, Hit

DAYS_MAX = 10
"""Of an activity so many last days are remembered with what they gave; what is told later has a fresh ceiling."""
Day = tuple[str, int, int]
"""An activity, a day, and what it gave then."""


def given_on(lead: Lead, kind: str, day: int) -> int:
    """What an activity with a daily ceiling gave so far on this day, beside hits that are remembered."""
    return sum(points for activity, then, points in lead.days if (activity, then) == (kind, day))


def remember_day(lead: Lead, kind: str, day: int, points: int) -> None:
    """Remember what an activity gave on a day."""
    lead.days = last_days([*(each for each in lead.days if each[:2] != (kind, day)), (kind, day, points)])
    lead.touch(kind)


def last_days(days: Iterable[Day]) -> list[Day]:
    """Of each activity the last ones, in order of time."""
    kept = sorted(days, key=itemgetter(1, 0))
    times = Counter(kind for kind, *_ in kept) if len(kept) > DAYS_MAX else {}
    for kind in [kind for kind, found in times.items() if found > DAYS_MAX]:
        theirs = [each for each in kept if each[0] == kind]
        kept = [each for each in kept if each[0] != kind or each in theirs[-DAYS_MAX:]]
    return kept


def mark(message: Message) -> str:
    """What tells a hit of this message from those of all others, beginning with the activity."""
    return f"{message.kind} {digest(message.source, message.id).hex()}"


def counted(lead: Lead, book: Rulebook) -> Mapping[str, Sequence[Hit]]:
    """The hits of each rule, with the points that are left to them by their day, and by their rule's own ceiling.

    What happened first comes first; what happened at once, in the order of the rules in the file.
    """
    if not book.crossed:
        return lead.hits
    found = {rule: list(hits) for rule, hits in lead.hits.items()}
    rooms: dict[object, int] = {}
    for rule, place, hit in _in_order(lead, book):
        day = _day(hit, book)
        if rule not in rooms:
            rooms[rule] = max(book.by_name[rule].ceiling - abs(lead.given.get(rule, 0)), 0)
        if day not in rooms:
            rooms[day] = max(book.crossed.get(day[0], CEILING_MAX) - given_on(lead, *day), 0)
        points = min(hit[0], rooms[rule], rooms[day])
        rooms[rule] -= points
        rooms[day] -= points
        found[rule][place] = (points, *hit[1:])
    return found


def _in_order(lead: Lead, book: Rulebook) -> list[tuple[str, int, Hit]]:
    """The hits that days may cut, each with its rule and its place among the rule's."""
    rules = [rule for rule, term in book.by_name.items() if term.daily and rule in lead.hits]
    found = [(rule, place, hit) for rule in rules for place, hit in enumerate(lead.hits[rule])]
    return sorted(found, key=lambda each: _when(each[2]))


_when = itemgetter(1, 3, 4)


def _day(hit: Hit, book: Rulebook) -> tuple[str, int]:
    _, at, _, _, value = hit
    return value.partition(" ")[0], book.day_of(at)


def let_go(lead: Lead, rule: str, book: Rulebook) -> Iterator[Fact]:
    """While a rule has too many hits, settle its oldest, and all that happened before."""
    while len(lead.hits.get(rule, ())) > HITS_MAX:
        last = _when(lead.hits[rule][-HITS_MAX - 1])
        gone: dict[str, list[int]] = {}
        for name, place, hit in _in_order(lead, book):
            if _when(hit) <= last:
                gone.setdefault(name, []).append(place)
        yield from settle(lead, gone, book)


def settle(lead: Lead, gone: Mapping[str, Collection[int]], book: Rulebook) -> Iterator[Fact]:
    """Forget hits, by rule and by their places, with what they gave for good; their days remember it."""
    left = counted(lead, book)
    days: Counter[tuple[str, int]] = Counter()
    for rule, places in gone.items():
        for place in places:
            days[_day(left[rule][place], book)] += left[rule][place][0]
    for (kind, day), points in days.items():
        if kind in book.crossed:
            yield DayCounted(kind, day, given_on(lead, kind, day) + points)
    for rule, places in gone.items():
        gave = [left[rule][place][0] for place in places]
        yield HitsSettled(rule, tuple(places), sum(gave), sum(map(bool, gave)))
