"""Says an agreement back in plain sentences that a manager can check."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import get_args

from schemas.agreement import Agreement, Definitions, Duplicates, Handoff, Head, Hours, Nurture, Pursuit, Return
from schemas.bounds import Stage
from schemas.sense import SALES_MOVES
from streams import explain_grades, explain_groups, explain_rules
from streams.explain_rules import instant
from streams.handoff import WISH
from streams.wording import Clause, Section, Sentence, counted, number, plain, quoted, said

FALLS: Mapping[str, str] = {
    "nothing": "nothing happens when the score of an MQL falls again before sales accept it",
    "tell": "sales are told when the score of an MQL falls again below what handed it over, before they accept it",
    "recall": "an MQL whose score falls again below what handed it over, before sales accept it, goes back with "
    'the reason "cooled"',
}
DAYS: Mapping[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
RESTS: Mapping[str, str] = {"points": "by score or grade again", "conversion": "by asking again"}
STAGES: Mapping[Stage, str] = {
    "visitor": "anybody who was seen",
    "contact": "somebody with a name",
    "lead": "a contact with a score (fit and interest) of {} or more",
    "mql": "a lead that marketing handed over",
    "accepted": "a lead that sales took on",
    "sql": "a lead that sales confirmed",
    "customer": "somebody who bought",
    "disqualified": "somebody whom sales refused for good",
}
STAGE_NAMES: Mapping[Stage, str] = {"mql": "MQL", "sql": "SQL"}
INTEREST: Mapping[str, str] = {
    "keep": "a lead that goes back keeps its points of interest",
    "reset": "a lead that goes back begins again without points of interest",
}
NO_MINIMUM = Handoff.model_fields["interest_min"].default
"""So little interest is no condition at all."""


def explained(agreement: Agreement) -> list[Section]:
    """The whole agreement, table by table, in the order of the file; a table that the file lacks has no sentences."""
    return [Section(key, title, tuple(sentences)) for key, title, sentences in _sections(agreement)]


def _sections(agreement: Agreement) -> Iterator[tuple[str, str, Iterable[Sentence]]]:
    yield "agreement", "The agreement", _head(agreement.agreement)
    yield "definitions", "Definitions: who counts as what", _definitions(agreement.definitions)
    yield "fit", "Fit: is this somebody we can serve?", explain_rules.fit(agreement.fit)
    yield "interest", "Interest: how much does this person want to know?", explain_rules.interest(agreement.interest)
    yield "exclusions", "Exclusions: who is never handed over", explain_grades.exclusions(agreement.exclusions)
    yield "grid", "Grid: a letter for fit, a number for interest", explain_grades.grid(agreement.grid)
    yield "rating", "Rating: the score from 0 to 100", explain_grades.rating(agreement.rating)
    yield "scores", "Scores by name: one for each product line", explain_groups.scores(agreement.scores)
    yield "groups", "Buying groups: who decides together", explain_groups.groups(agreement.groups)
    yield "handoff", "Handoff: when marketing hand a lead to sales", _handoff(agreement)
    yield "pursuit", "Pursuit: what sales owe to a lead", _pursuit(agreement.pursuit)
    yield "hours", "Hours: when sales work", _hours(agreement.hours)
    yield "return", "Return: how a lead goes back to marketing", _return(agreement.return_)
    yield "nurture", "Nurture: the tracks that marketing keep", _nurture(agreement.nurture)
    yield "duplicates", "Duplicates: what is sent twice", _duplicates(agreement.duplicates)


RESCORED = {
    "none": "points that earlier versions gave stay as they are",
    "fit": "fit is judged anew when something happens to a lead; points of interest stay as they are",
    "all": "fit and interest are judged anew when something happens to a lead",
}


def _head(head: Head) -> Iterator[Sentence]:
    yield said("name", "name", "it is called {}", *quoted([head.name]))
    yield said("number", "number", "it is number {}", number(head.number))
    yield said("effective_from", "in force", "it counts from {} on", instant(head.effective_from))
    yield said("rescore", "earlier points", RESCORED[head.rescore])
    named = said("sources", "sources", 'counted by name are {}, all others as "other"', *head.sources)
    yield named if head.sources else said("sources", "sources", 'all are counted as "other"')


def _definitions(definitions: Definitions) -> Iterator[Sentence]:
    for stage in get_args(Stage):
        score = (number(definitions.lead_score),) if stage == "lead" else ()
        meant = Clause("meant", STAGES[stage], score)
        yield Sentence(
            stage, STAGE_NAMES.get(stage, stage), (meant, _moves(definitions.moves.get(stage, SALES_MOVES[stage])))
        )


def _moves(to: Collection[Stage]) -> Clause:
    ways = tuple(STAGE_NAMES.get(stage, stage) for stage in get_args(Stage) if stage in to)
    if not ways:
        return Clause("moves", "sales may move nobody from here")
    return Clause("moves", "sales may move them to {}", ways, "or")


def _handoff(agreement: Agreement) -> Iterator[Sentence]:
    handoff = agreement.handoff
    yield Sentence("score", "by score", tuple(_by_score(agreement)))
    wishes = tuple(WISH[wish] for wish in handoff.conversions)
    asking = Clause("conversions", "who asks {} is handed over at once, whatever the score", wishes, "or")
    nobody = Clause("conversions", "asking for a conversation hands over nobody")
    yield Sentence("conversions", "by asking", (asking if wishes else nobody,))
    for why, days in handoff.once_in_days.items():
        yield said(f"once_in_days.{why}", RESTS[why], "at most once in {} for the same lead", counted(days, "day"))
    yield said("falls", "falling again", FALLS[handoff.falls])


def _by_score(agreement: Agreement) -> Iterator[Clause]:
    handoff, graded = agreement.handoff, agreement.grid is not None
    who, points = "a contact or lead that may be contacted is handed over", (counted(handoff.score, "point"),)
    if graded:
        yield Clause("grid", f"{who} by its grade, which the grid tells")
    else:
        yield Clause("score", f"{who} from {{}} on, fit and interest together", points)
    minimums = [*_minimum("fit_min", "fit", handoff.fit_min, _fit_least(agreement))]
    minimums += _minimum("interest_min", "interest", handoff.interest_min, NO_MINIMUM)
    for place, clause in enumerate(minimums):
        yield clause._replace(before=" and " if place else ", if ")
    if graded:
        yield Clause("score", "the score of {} decides nothing while there is a grid", points)


def _minimum(key: str, side: str, least: int, lowest: int) -> Iterator[Clause]:
    """What a side must have; nothing when every lead has that."""
    if least == 0 > lowest:
        yield Clause(key, f"its {side} is not below 0")
    elif least > lowest:
        yield Clause(key, f"its {side} is at least {{}}", (number(least),))


def _fit_least(agreement: Agreement) -> int:
    """Fit is never lower than this."""
    return sum(min(rule.points, 0) for rule in agreement.fit.rules)


def _pursuit(pursuit: Pursuit) -> Iterator[Sentence]:
    hours = counted(pursuit.response_hours, "working hour")
    yield said("response_hours", "response", "sales make the first attempt within {} of the handoff", hours)
    frame = "feedback may arrive late: a deadline counts as missed only after another {}"
    yield said("grace_minutes", "grace", frame, counted(pursuit.grace_minutes, "minute"))
    frame = 'the lead goes back with the reason "no answer" when it answered none of {} in a row'
    yield said("attempts_max", "attempts", frame, counted(pursuit.attempts_max, "attempt"))


def _hours(hours: Hours) -> Iterator[Sentence]:
    yield said("days", "days", "they work on {}", *(DAYS[day] for day in hours.days))
    since = Clause("from", "work is from {}", (hours.from_,))
    until = Clause("to", "to {}", (hours.to,), before=" ")
    zone = Clause("zone", "in the time zone {}", (hours.zone,), before=", ")
    yield Sentence("time", "time", (since, until, zone))
    free = said("holidays", "holidays", "the public holidays of {} are free", hours.holidays)
    yield free if hours.holidays else said("holidays", "holidays", "public holidays are working days like others")


def _return(section: Return) -> Iterator[Sentence]:
    frame = "a lead that came back is handed over again by score or grade when it has {} more than it came back with"
    yield said("again_points", "again", frame, counted(section.again_points, "point"))
    yield said("interest", "interest", INTEREST[section.interest])
    pause = said(
        "pause_days",
        "pause",
        "nobody is handed over by score or grade within {} of going back",
        counted(section.pause_days, "day"),
    )
    yield (
        pause
        if section.pause_days
        else said("pause_days", "pause", "a lead that went back needs no pause before it is handed over again")
    )
    for reason, track in section.reasons.items():
        about, key = plain(reason), f"reasons.{reason}"
        to_track = said(key, about, "the lead enters the nurture track {}", track)
        yield to_track if track else said(key, about, "the lead enters no nurture track")


def _nurture(nurture: Nurture) -> Iterator[Sentence]:
    yield said("tracks", "tracks", "marketing keep {}", *nurture.tracks)
    for stage, track in nurture.stages.items():
        yield said(f"stages.{stage}", stage, f"who becomes a {stage} enters the track {{}}", track)


def _duplicates(duplicates: Duplicates) -> Iterator[Sentence]:
    frame = "an event that is sent again changes nothing, as long as it is among the last {} of its lead"
    yield said("remember", "repeated events", frame, counted(duplicates.remember, "event"))
