"""Says the rules of fit and of interest in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from schemas.rules import Condition, Decay, Fit, FitRule, Interest, InterestRule, Times, Wanted
from schemas.sense_interest import ANY
from streams.wording import Clause, Sentence, bounded, counted, number, plain, quoted, said

ACTIVITIES: Mapping[str, tuple[str, str]] = {
    ANY: ("activity of any kind", "activities of any kind"),
    "page_viewed": ("page view", "page views"),
    "content_downloaded": ("download of content", "downloads of content"),
    "form_submitted": ("form sent", "forms sent"),
    "email_opened": ("e-mail opened", "e-mails opened"),
    "email_clicked": ("click in an e-mail", "clicks in e-mails"),
    "email_bounced": ("e-mail that came back", "e-mails that came back"),
    "email_unsubscribed": ("unsubscription from e-mail", "unsubscriptions from e-mail"),
    "event_registered": ("event booked", "events booked"),
    "event_attended": ("event attended", "events attended"),
    "trial_started": ("trial started", "trials started"),
    "product_used": ("use of the product", "uses of the product"),
    "profile_given": ("profile given", "profiles given"),
    "conversion_made": ("request for a conversation", "requests for a conversation"),
    "consent_changed": ("change of consent", "changes of consent"),
    "identified": ("visitor identified", "visitors identified"),
}
"""What leads do, as a manager would say it: one, and several."""
PERIODS: Mapping[str, str] = {
    "hour": "an hour",
    "day": "a day",
    "week": "a week (Monday to Sunday)",
    "month": "a month of the calendar",
}
OFTEN: Mapping[int, str] = {1: "once", 2: "twice"}
DAYS_IN_HOURS = 2
"""Fewer days than these are told in hours."""


def fit(section: Fit) -> Iterator[Sentence]:
    """Points for what somebody is."""
    yield from _ceilings("fit", section)
    for rule in section.rules:
        yield Sentence(f"rules.{rule.name}", rule.name, (_points(rule), *_profile(rule), *_group(rule)))


def interest(section: Interest) -> Iterator[Sentence]:
    """Points for what somebody does."""
    yield from _ceilings("interest", section)
    for kind, ceiling in section.daily.items():
        frame = "all rules together give at most {} for it on one day, what happened first before all; "
        frame += "ceilings of groups come after that"
        yield said(f"daily.{kind}", _activities([kind])[0], frame, counted(ceiling, "point"))
    for rule in section.rules:
        yield Sentence(f"rules.{rule.name}", rule.name, tuple(_activity(rule)))


def _ceilings(side: str, section: Fit | Interest) -> Iterator[Sentence]:
    yield said("ceiling", "ceiling", f"{side} never gives more than {{}}", counted(section.ceiling, "point"))
    for group, ceiling in section.groups.items():
        frame = "its rules never give more than {} together"
        yield said(f"groups.{group}", f"group {group}", frame, counted(ceiling, "point"))


def _points(rule: FitRule | InterestRule) -> Clause:
    return Clause("points", "takes off {}" if rule.points < 0 else "gives {}", (counted(abs(rule.points), "point"),))


def _group(rule: FitRule | InterestRule) -> Iterator[Clause]:
    if rule.group:
        yield Clause("group", "counts in the group {}", (rule.group,))
    if rule.score:
        yield Clause("score", "counts for the score {} and no other that has a name", (rule.score,))


def _profile(rule: FitRule) -> Iterator[Clause]:
    field = plain(rule.field)
    bounds = bounded(rule.min, rule.max)
    if rule.one_of:
        yield Clause("one_of", f"when {field} is{_like(rule.one_of)} {{}}", quoted(rule.one_of), "or", " ")
    if bounds:
        yield Clause("bounds", f"when {field} is {{}}", bounds, before=" ")
    if rule.present is not None:
        yield Clause("present", f"when {field} was {'' if rule.present else 'not '}told", before=" ")


def _like(words: Sequence[str]) -> str:
    return " like" if any("*" in word for word in words) else ""


def _activity(rule: InterestRule) -> Iterator[Clause]:
    yield _points(rule)
    if rule.times is not None:
        yield _often(rule.times)
    yield _on(rule)
    asked = [
        clause for field, wanted in rule.where.items() for clause in _wanted(f"where.{field}", plain(field), wanted)
    ]
    for place, clause in enumerate(asked):
        yield clause._replace(before=" and " if place else " with ")
    if rule.times is not None:
        yield from _within(rule, "within the last {}", " ")
    if rule.only == "returned":
        yield Clause("only", "only for leads that came back from sales")
    yield from _span(rule)
    yield from _limits(rule)
    if rule.times is None:
        yield from _within(rule, "it counts for {}", "; ")
    yield from _fading(rule.decay or Decay())
    if rule.ceiling is not None:
        yield Clause("ceiling", "at most {} for one lead", (counted(rule.ceiling, "point"),))
    yield from _group(rule)


def _on(rule: InterestRule) -> Clause:
    kinds = [rule.on] if isinstance(rule.on, str) else rule.on
    several = rule.times is not None and not _alone(rule.times)
    return Clause("on", "{}", _activities(kinds, several=several), "or", " for each " if rule.times is None else " ")


def _activities(kinds: Sequence[str], *, several: bool = False) -> tuple[str, ...]:
    return tuple(ACTIVITIES.get(kind, (plain(kind), plain(kind)))[several] for kind in kinds)


def _often(times: Times) -> Clause:
    were = "was" if _alone(times) else "were"
    if times.max == 0:
        return Clause("times", f"while there {were} no", before=" ")
    return Clause("times", f"while there {were} {{}}", bounded(times.min, times.max), before=" ")


def _alone(times: Times) -> bool:
    """Whether it is about one thing, or none, and not about several."""
    return times.max == 0 or {times.min, times.max} <= {1, None}


def _within(rule: InterestRule, frame: str, before: str) -> Iterator[Clause]:
    if rule.within_days is not None:
        yield Clause("within_days", frame, (counted(rule.within_days, "day"),), before=before)


def _wanted(key: str, field: str, wanted: Wanted) -> Iterator[Clause]:
    if isinstance(wanted, Condition):
        yield from _conditions(key, field, wanted)
    elif isinstance(wanted, bool):
        yield Clause(key, f"{field} {{}}", ("yes" if wanted else "no",))
    elif isinstance(wanted, int):
        yield Clause(key, f"{field} {{}}", (number(wanted),))
    else:
        words = [wanted] if isinstance(wanted, str) else wanted
        yield Clause(key, f"{field}{_like(words)} {{}}", _told(words), "or")


def _told(words: Sequence[str]) -> tuple[str, ...]:
    """The words of an activity's field, of which an empty one is what was not told."""
    return tuple(shown if word else "not told" for word, shown in zip(words, quoted(words), strict=True))


def _conditions(key: str, field: str, wanted: Condition) -> Iterator[Clause]:
    bounds = bounded(wanted.min, wanted.max)
    if bounds:
        yield Clause(key, f"{field} {{}}", bounds)
    if wanted.not_:
        frame = f"{field} not like {{}}" if _like(wanted.not_) else f"{field} other than {{}}"
        yield Clause(f"{key}.not", frame, _told(wanted.not_), "or")
    if wanted.present is not None:
        yield Clause(f"{key}.present", f"{field} {'' if wanted.present else 'not '}told")


def _span(rule: InterestRule) -> Iterator[Clause]:
    if rule.from_ is not None:
        yield Clause("from", "only from {} on", (instant(rule.from_),))
    if rule.to is not None:
        yield Clause("to", "before {}", (instant(rule.to),), before=" and " if rule.from_ else "; only ")


def instant(when: datetime) -> str:
    """An instant in the zone in which it was written, without seconds when there are none."""
    full = when.second or when.microsecond
    return when.isoformat(" ", "auto" if full else "minutes").replace("+00:00", " UTC")


def _limits(rule: InterestRule) -> Iterator[Clause]:
    silent = rule.times is not None and rule.times.max == 0
    if rule.once and not silent:
        yield Clause("once", "only the last one counts")
    if rule.once_per:
        yield Clause("once_per", "of each {} only the last one counts", (plain(rule.once_per),))
    if rule.at_most or rule.per or rule.per_days:
        verb = "counts" if rule.times is None else "counted"
        yield Clause("at_most", " ".join((verb, "{}", *_periods(rule))), (_most(rule.at_most),))


def _most(times: int | None) -> str:
    if times is None:
        return "any number of times"
    return f"at most {OFTEN.get(times, counted(times, 'time'))}"


def _periods(rule: InterestRule) -> Iterator[str]:
    if rule.per is not None:
        yield PERIODS[rule.per]
    if rule.per_days is not None:
        hours = rule.per_days < DAYS_IN_HOURS
        yield f"in any {counted(rule.per_days * 24, 'hour') if hours else counted(rule.per_days, 'day')} in a row"


def _fading(decay: Decay) -> Iterator[Clause]:
    if decay.percent_a_month is not None:
        lost = f"{number(decay.percent_a_month)} %"
        yield Clause("percent_a_month", "the points fade evenly, by {} in 30 days, down to nothing", (lost,))
    if decay.half_life_days is not None:
        days = counted(decay.half_life_days, "day")
        yield Clause("half_life_days", "the points fade by half every {}", (days,))
