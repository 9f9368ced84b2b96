"""Says the rules of fit and of interest in plain sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from schemas.rules import Condition, Decay, Fit, FitRule, Interest, InterestRule, Times, Wanted
from schemas.sense_interest import ANY
from streams.wording import Clause, Sentence, bounded, counted, number, plain, quoted, said

ACTIVITIES: Mapping[str, str] = {
    ANY: "activity of any kind",
    "page_viewed": "page view",
    "content_downloaded": "download of content",
    "form_submitted": "form sent",
    "email_opened": "e-mail opened",
    "email_clicked": "click in an e-mail",
    "email_bounced": "e-mail that came back",
    "email_unsubscribed": "unsubscription from e-mail",
    "event_registered": "event booked",
    "event_attended": "event attended",
    "trial_started": "trial started",
    "product_used": "use of the product",
    "profile_given": "profile given",
    "conversion_made": "request for a conversation",
    "consent_changed": "change of consent",
    "identified": "visitor identified",
}
"""What leads do, as a manager would say it."""
PERIODS: Mapping[str, str] = {
    "hour": "one hour of the clock",
    "day": "one day of the calendar",
    "week": "one week from Monday to Sunday",
    "month": "one month of the calendar",
}


def fit(section: Fit) -> Iterator[Sentence]:
    """Points for what somebody is."""
    yield from _ceilings("fit", section)
    for rule in section.rules:
        yield Sentence(f"rules.{rule.name}", rule.name, (_points(rule), *_profile(rule), *_group(rule)))


def interest(section: Interest) -> Iterator[Sentence]:
    """Points for what somebody does."""
    yield from _ceilings("interest", section)
    for kind, ceiling in section.daily.items():
        frame = "on one day it never gives more than {} by all rules together"
        yield said(f"daily.{kind}", ACTIVITIES.get(kind, plain(kind)), frame, counted(ceiling, "point"))
    for rule in section.rules:
        yield Sentence(f"rules.{rule.name}", rule.name, tuple(_activity(rule)))


def _ceilings(side: str, section: Fit | Interest) -> Iterator[Sentence]:
    yield said("ceiling", "ceiling", f"{side} never gives more than {{}}", counted(section.ceiling, "point"))
    for group, ceiling in section.groups.items():
        frame = "the rules of this group never give more than {} together"
        yield said(f"groups.{group}", f"group {group}", frame, counted(ceiling, "point"))


def _points(rule: FitRule | InterestRule) -> Clause:
    return Clause("points", "takes off {}" if rule.points < 0 else "gives {}", (counted(abs(rule.points), "point"),))


def _group(rule: FitRule | InterestRule) -> Iterator[Clause]:
    if rule.group:
        yield Clause("group", "counts in the group {}", (rule.group,))


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
        yield from _within(rule, "within the last {}", " ")
    yield _on(rule)
    asked = [
        clause for field, wanted in rule.where.items() for clause in _wanted(f"where.{field}", plain(field), wanted)
    ]
    for place, clause in enumerate(asked):
        yield clause._replace(before=" and " if place else " with ")
    if rule.only == "returned":
        yield Clause("only", "only for leads that went back from sales before")
    yield from _span(rule)
    yield from _limits(rule)
    if rule.times is None:
        yield from _within(rule, "counts for {}", "; ")
    yield from _fading(rule.decay or Decay())
    if rule.ceiling is not None:
        yield Clause("ceiling", "at most {} for one lead", (counted(rule.ceiling, "point"),))
    yield from _group(rule)


def _on(rule: InterestRule) -> Clause:
    kinds = [rule.on] if isinstance(rule.on, str) else rule.on
    words = tuple(ACTIVITIES.get(kind, plain(kind)) for kind in kinds)
    return Clause("on", "{}", words, "or", " for each " if rule.times is None else ": ")


def _often(times: Times) -> Clause:
    if times.max == 0:
        return Clause("times", "while this did not happen", before=" ")
    often = " ".join((*bounded(times.min, times.max), "times"))
    return Clause("times", "while this happened {}", (often,), before=" ")


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
        yield Clause(key, f"{field}{_like(words)} {{}}", quoted(words), "or")


def _conditions(key: str, field: str, wanted: Condition) -> Iterator[Clause]:
    bounds = bounded(wanted.min, wanted.max)
    if bounds:
        yield Clause(key, f"{field} {{}}", bounds)
    if wanted.not_:
        frame = f"{field} not like {{}}" if _like(wanted.not_) else f"{field} other than {{}}"
        yield Clause(f"{key}.not", frame, quoted(wanted.not_), "or")
    if wanted.present is not None:
        yield Clause(f"{key}.present", f"{field} {'' if wanted.present else 'not '}told")


def _span(rule: InterestRule) -> Iterator[Clause]:
    if rule.from_ is not None:
        yield Clause("from", "only from {} on", (instant(rule.from_),))
    if rule.to is not None:
        yield Clause("to", "only before {}", (instant(rule.to),))


def instant(when: datetime) -> str:
    """An instant in the zone in which it was written, without seconds when there are none."""
    full = when.second or when.microsecond
    return when.isoformat(" ", "auto" if full else "minutes").replace("+00:00", " UTC")


def _limits(rule: InterestRule) -> Iterator[Clause]:
    if rule.once:
        yield Clause("once", "counts once, as of the last time")
    if rule.once_per:
        yield Clause("once_per", "counts once for each {}, as of the last time", (plain(rule.once_per),))
    if rule.at_most is not None:
        yield Clause("at_most", "counts at most {}", (counted(rule.at_most, "time"),))
    if rule.per is not None:
        yield Clause("per", "in {}", (PERIODS[rule.per],), before=" ")
    if rule.per_days is not None:
        yield Clause("per_days", "in any {} in a row", (counted(rule.per_days, "day"),), before=" ")


def _fading(decay: Decay) -> Iterator[Clause]:
    if decay.percent_a_month is not None:
        lost = f"{number(decay.percent_a_month)} %"
        yield Clause("percent_a_month", "loses {} of its points in 30 days, evenly, down to nothing", (lost,))
    if decay.half_life_days is not None:
        days = counted(decay.half_life_days, "day")
        yield Clause("half_life_days", "half of its points are left after {}, a quarter after twice as long", (days,))
