"""Says what is known of a lead: as one object for programs, and as sentences and tables for people."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from schemas.envelope import rfc3339
from schemas.groups import is_group
from streams.grading import Grid
from streams.groups import completeness, missing
from streams.handoff import grade, ledger, threshold
from streams.named import scores
from streams.row import Lead
from streams.terms import Terms


class Table(NamedTuple):
    """A table for people; numbers stay numbers, so that they can be aligned."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | int, ...]]


def lead_object(lead: Lead, terms: Terms) -> dict[str, Any]:
    """A lead as `orjson` can write it: instants are RFC 3339, the points of `entries` add up to `score`.

    A buying group has neither a grade nor scores by name: rules give points to people.
    """
    return {
        "lead": lead.id,
        "stage": lead.stage,
        "fit": lead.fit,
        "interest": lead.interest,
        "score": lead.score,
        "entries": ledger(lead, terms),
        "with_sales": lead.with_sales,
        "attempts": lead.attempts,
        "agreement": lead.agreement,
        "grade": "" if is_group(lead.id) else grade(lead, terms),
        "scores": {} if is_group(lead.id) else scores(lead, terms),
        "excluded": lead.excluded,
        "known_as": lead.known_as,
        "source": lead.source,
        "first_seen_at": rfc3339(lead.arrived_at),
        "active_at": _time(lead.active_at),
        "highest_stage": lead.peak,
        "history": [{"stage": stage, "at": rfc3339(at)} for stage, at in lead.history],
        "handoffs": lead.handoffs,
        "first_mql_at": _time(lead.mql_at),
        "recycles": lead.recycles,
        "recycle_reason": lead.recycle_reason,
        "recycle_reason_before": lead.reason_before,
        "paused_until": _time(lead.paused_until),
        "again_from_score": lead.again_at,
        "respond_by": _time(lead.due_at),
        "owner": lead.owner,
        "attempts_of_all": lead.attempts_of_all,
        "unanswered": lead.unanswered,
        "answered": lead.answered,
        "track": lead.track,
        "reachable": lead.reachable,
        "activity": lead.activity,
        "profile": lead.profile,
    }


def _time(at: int | None) -> str | None:
    return rfc3339(at) if at else None


def sentences(lead: Lead, terms: Terms) -> list[str]:
    """The lead explained: who it is, what the score means, what sales owe to it, what marketing do with it."""
    if lead.known_as:
        return [f"{lead.id} is known as {lead.known_as}: what is told of it counts there, and so did its history."]
    if is_group(lead.id):
        return [_grouped(lead, terms), _pursuing(lead, terms)]
    return [_standing(lead), _scoring(lead, terms), _pursuing(lead, terms), _nurturing(lead)]


def _grouped(group: Lead, terms: Terms) -> str:
    who = (
        f"{group.id} is a buying group of {len(group.interests)}, at stage {group.stage}, with a score of {group.score}"
    )
    if terms.groups is None:
        return f"{who}. Agreement {terms.number} has no buying groups."
    needed = max(terms.groups.score or 0, group.again_at)
    by_score = f", of {needed} that hand it over" if terms.groups.score is not None else ""
    filled, lacks = completeness(group, terms.groups), missing(group, terms.groups)
    roles = f" {filled} % of the required roles are filled." if terms.groups.required else ""
    lacking = f" It lacks {_listed(lacks)}." if lacks else ""
    return f"{who}{by_score}.{roles}{lacking}"


def _standing(lead: Lead) -> str:
    active = f", last active {rfc3339(lead.active_at)}" if lead.active_at else ""
    seen = f"first seen {rfc3339(lead.arrived_at)} from {lead.source}{active}"
    barred = f" It is never handed over: {lead.excluded}." if lead.excluded else ""
    return f"{lead.id} is at stage {lead.stage}; {seen}. Agreement {lead.agreement} decided last.{barred}"


def _scoring(lead: Lead, terms: Terms) -> str:
    return _all_rules(lead, terms) + "".join(_named(lead, terms))


def _named(lead: Lead, terms: Terms) -> Iterator[str]:
    for name, score in scores(lead, terms).items():
        yield f" Score {score} for {name}, of {max(terms.named[name].handoff, lead.again_at)} that hand over."


def _all_rules(lead: Lead, terms: Terms) -> str:
    needed = threshold(lead, terms)
    if terms.grid:
        return _graded(lead, terms, terms.grid)
    raised = f", raised by a return from {terms.handoff_score}" if needed > terms.handoff_score else ""
    lacking = list(_lacking(lead, terms, needed)) if lead.stage in {"visitor", "contact", "lead"} else []
    lacks = f" It lacks {_listed(lacking)}." if lacking else ""
    return (
        f"Score {lead.score} = fit {lead.fit} + interest {lead.interest}. A handoff by score needs {needed}{raised}, "
        f"with a fit of {terms.fit_min} or more.{lacks}"
    )


def _graded(lead: Lead, terms: Terms, grid: Grid) -> str:
    handing = _listed(sorted(grid.handoff))
    return (
        f"Score {lead.score} = fit {lead.fit} + interest {lead.interest}, which is grade {grade(lead, terms)}. "
        f"A handoff needs grade {handing}, with a fit of {terms.fit_min} or more."
    )


def _lacking(lead: Lead, terms: Terms, needed: int) -> Iterator[str]:
    """What stands between this lead and a handoff by score (`streams.handoff`)."""
    if lead.score < needed:
        yield f"{needed - lead.score} points"
    if lead.fit < terms.fit_min:
        yield f"{terms.fit_min - lead.fit} points of fit"
    if lead.interest < terms.interest_min:
        yield f"{terms.interest_min - lead.interest} points of interest"
    if not lead.reachable:
        yield "the consent to be contacted"
    if lead.stage == "visitor":
        yield "a name"


def _pursuing(lead: Lead, terms: Terms) -> str:
    if not lead.with_sales:
        past = f"handed over {_times(lead.handoffs)}, {_attempts(lead.attempts_of_all)} in all"
        return f"Not with sales; {past}."
    return " ".join(_with_sales(lead, terms))


def _with_sales(lead: Lead, terms: Terms) -> Iterator[str]:
    owner = f", owner {lead.owner}" if lead.owner else ""
    how = f"handoff {lead.handoffs}" if lead.handoffs else "taken by themselves"
    yield f"With sales ({how}{owner}): {_attempts(lead.attempts)}, {'answered' if lead.answered else 'no answer yet'}."
    if lead.due_at is not None:
        yield f"Sales respond by {rfc3339(lead.due_at)}."
    if lead.stage in {"mql", "accepted"}:
        left = max(terms.attempts_max - lead.unanswered, 0)
        yield f"After {left} more in a row without an answer it goes back."


def _nurturing(lead: Lead) -> str:
    if not lead.reachable:
        return "May not be nurtured: it unsubscribed, withdrew its consent, or its mail bounced."
    return f"On the nurture track {lead.track}." if lead.track else "On no nurture track."


def _listed(things: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(things[:-1]), things[-1])))


def _attempts(number: int) -> str:
    return f"{number} attempt{'' if number == 1 else 's'}"


def _times(number: int) -> str:
    return {0: "never", 1: "once"}.get(number, f"{number} times")


def tables(lead: Lead, terms: Terms) -> list[Table]:
    """The points with rule and cause, the stages, the deeds and the profile; only those that have rows."""
    points = [
        (entry.side, entry.rule, entry.points, entry.times, entry.at, entry.cause, entry.detail)
        for entry in ledger(lead, terms)
    ]
    found = [
        Table("points", ("side", "rule", "points", "times", "last at", "cause", "detail"), points),
        Table("stages", ("stage", "since"), [(stage, rfc3339(at)) for stage, at in lead.history]),
        Table("activity", ("activity", "times"), sorted(lead.activity.items())),
        Table("profile", ("field", "told"), sorted(lead.profile.items())),
    ]
    return [table for table in found if table.rows]
