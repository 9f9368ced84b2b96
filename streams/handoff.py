"""When marketing hands a lead to sales, and the packet that goes with it."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from schemas.activity import ConversionMade
from schemas.bounds import Conversion, Side
from schemas.codec import Message
from schemas.envelope import rfc3339
from schemas.fact import Fact, HandedOver, Noticed
from schemas.groups import is_group
from schemas.handoff import HandoffRequested, PointEntry, Who
from streams import named
from streams.rating import as_of, standing
from streams.row import Entry, Lead
from streams.stage import may_lead, moved
from streams.terms import Terms

BY_SCORE = frozenset({"contact", "lead"})
"""From these stages the score hands over."""
WISH: Mapping[str, str] = {
    "demo": "for a demo",
    "assessment": "for an assessment",
    "consultation": "for a consultation",
    "contact_request": "to be contacted",
}


class Reason(NamedTuple):
    """Why a lead is handed over; `line` is the named score that was reached."""

    trigger: Literal["score", "grade", "conversion"]
    why: str
    line: str = ""


def hand_over(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Hand over a lead that asked or reached the score; sales get a notice when who asks can't be handed over."""
    asked = message.data.kind if isinstance(message.data, ConversionMade) else ""
    asked = asked if asked in terms.conversions else ""
    if not may_lead(lead.stage, "mql"):
        if asked:
            yield Noticed("converted", "sales", f"{lead.id} {_standing(lead)} and asked {WISH[asked]}.")
    elif asked and lead.excluded:
        yield Noticed("excluded", "marketing", f"{lead.id} asked {WISH[asked]}, and is excluded: {lead.excluded}.")
    elif asked and message.at < lead.handed_at.get("conversion", 0) + terms.rests_ms.get("conversion", 0):
        before = rfc3339(lead.handed_at["conversion"])
        yield Noticed(
            "converted", "sales", f"{lead.id} asked {WISH[asked]}, and was handed to you for that at {before}."
        )
    elif asked:
        yield from _handed(lead, message, terms, Reason("conversion", f"Asked {WISH[asked]}."))
    elif reached(lead, terms):
        yield from _by_points(lead, message, terms)


def _by_points(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    if _meets_all_rules(lead, lead.interest, terms, as_of(lead)):
        reason = Reason("grade" if terms.grid else "score", _reason(lead, terms))
    else:
        line = next(named.reached(lead, terms, as_of(lead)))
        score, needed = named.scores(lead, terms)[line], max(terms.named[line].handoff, lead.again_at)
        reason = Reason("score", f"Score {score} for {line}; {needed} are needed.", line)
    yield from _handed(lead, message, terms, reason)


def _standing(lead: Lead) -> str:
    return "was disqualified" if lead.stage == "disqualified" else "is with you already"


def reached(lead: Lead, terms: Terms) -> bool:
    """Whether the score hands this lead over; nobody is handed over by it who is unknown, excluded or not reachable."""
    met = lead.stage in BY_SCORE and meets(lead, lead.interest, terms, as_of(lead))
    return met and lead.reachable and not lead.excluded


def meets(lead: Lead, interest: int, terms: Terms, at: int) -> bool:
    """Whether fit and so much interest are enough for a handoff then, by all rules or by those of a named score."""
    if _meets_all_rules(lead, interest, terms, at):
        return True
    return bool(terms.named) and at >= lead.paused_until and any(named.reached(lead, terms, at))


def _meets_all_rules(lead: Lead, interest: int, terms: Terms, at: int) -> bool:
    """By the grid, or without one by the score."""
    if lead.fit < terms.fit_min or interest < terms.interest_min or at < lead.paused_until:
        return False
    if terms.grid is None:
        return lead.fit + interest >= threshold(lead, terms)
    return terms.grid.hands_over(lead.fit, interest) and lead.fit + interest >= lead.again_at


def grade(lead: Lead, terms: Terms) -> str:
    """The lead's grade; empty without a grid."""
    return terms.grid.grade(lead.fit, lead.interest) if terms.grid else ""


def threshold(lead: Lead, terms: Terms) -> int:
    """The score that hands this lead over: the agreement's, or more after a return."""
    return max(terms.handoff_score, lead.again_at)


def _handed(lead: Lead, message: Message, terms: Terms, reason: Reason) -> Iterator[Fact]:
    asked: Conversion | Literal[""] = message.data.kind if reason.trigger == "conversion" else ""
    due_at = terms.hours.after(message.at, terms.response_ms)
    of_grade = grade(lead, terms)
    yield moved(lead, "mql", "agreement", reason.why)
    yield HandedOver(
        lead.handoffs + 1,
        reason.trigger,
        asked,
        of_grade,
        lead.score,
        reason.why,
        due_at,
        reason.line,
        terms.grid.names.get(of_grade, "") if terms.grid else "",
        terms.rating.name(terms.rating.of(lead.score)) if terms.rating else "",
    )


def _reason(lead: Lead, terms: Terms) -> str:
    if terms.grid:
        reached = grade(lead, terms)
        name = f", {terms.grid.names[reached]}" if reached in terms.grid.names else ""
        return f"Grade {reached}{name} (fit {lead.fit}, interest {lead.interest})."
    needed = f"{threshold(lead, terms)} are needed"
    return f"Score {lead.score} (fit {lead.fit} + interest {lead.interest}); {needed}."


def packet(lead: Lead, fact: HandedOver, terms: Terms) -> HandoffRequested:
    """What sales get to know: who, why, what the lead did, and every point with its rule."""
    return HandoffRequested(
        lead=lead.id,
        handoff=fact.number,
        trigger=fact.trigger,  # type: ignore[arg-type]  # that of a group has a packet of its own
        conversion=fact.conversion,
        why=fact.why,
        who=Who(**lead.profile),  # type: ignore[arg-type]  # a profile holds what ProfileGiven let in
        source=lead.source,
        first_seen_at=rfc3339(lead.arrived_at),
        fit=lead.fit,
        interest=lead.interest,
        score=lead.score,
        line=fact.line,
        scores=named.scores(lead, terms),
        grade=fact.grade,
        grade_name=fact.grade_name,
        rating=terms.rating.of(lead.score) if terms.rating else None,
        rating_name=fact.rating_name,
        entries=ledger(lead, terms),
        activity=lead.activity,
        recycled=lead.recycles,
        recycle_reason=lead.recycle_reason,
        owner=lead.owner,
        respond_by=rfc3339(fact.due_at),
        attempts_max=terms.attempts_max,
        agreement=terms.number,
    )


def ledger(lead: Lead, terms: Terms) -> tuple[PointEntry, ...]:
    """Every entry that makes the score, fit first; their points add up to it."""
    return (
        *(_entry("fit", entry) for entry in lead.fits),
        *(_entry("interest", entry) for entry in lead.interests),
        *(_rated(lead, terms) if terms.interest.rated and not is_group(lead.id) else ()),
    )


def _entry(side: Side, entry: Entry) -> PointEntry:
    rule, points, times, at, cause, detail = entry
    return PointEntry(side=side, rule=rule, points=points, times=times, at=rfc3339(at), cause=cause, detail=detail)


def _rated(lead: Lead, terms: Terms) -> Iterator[PointEntry]:
    """What rules that depend on time give as of the last rating, and what the ceilings take off."""
    found = standing(lead, terms, as_of(lead))
    for rule, theirs in found.shares.items():
        for hit, points, at in theirs:
            if points and hit is None:
                yield _entry("interest", (rule, points, 0, at, "", "nothing since then"))
            elif points and hit is not None:
                gave, _, cause, detail, _ = hit
                left = f" ({points} of {gave} left)" if points != gave else ""
                yield _entry("interest", (rule, points, 1, at, cause, detail + left))
    for group, points in found.cuts.items():
        name = f"ceiling of {group or 'interest'}"
        yield _entry("interest", (name, points, 0, as_of(lead), "", "more than may be given"))
