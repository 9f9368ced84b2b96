"""What a manager is told of an agreement: everything that is in its file, and how the telling sentences sound."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from schemas.agreement import Agreement
from schemas.sense_interest import ACTIVITIES as KNOWN
from streams.explain import explained
from streams.explain_rules import ACTIVITIES, instant
from tests.streams import walking
from tests.streams.given import default

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def told(section: str, **changes: Any) -> list[str]:
    """The sentences of a section of the default agreement, some of whose keys are changed."""
    tree = walking.plain(default())
    tree[section] |= changes
    return lines(walking.agreement(tree), section)


def lines(agreement: Agreement, key: str) -> list[str]:
    (section,) = [section for section in explained(agreement) if section.key == key]
    return [sentence.line for sentence in section.sentences]


def rule(**keys: Any) -> str:
    """What is said of a rule of interest."""
    return told("interest", rules=[{"name": "it", "on": "page_viewed", "points": 5, **keys}])[-1]


def profile_rule(**keys: Any) -> str:
    return told("fit", rules=[{"name": "it", "field": "company_size", "points": 5, **keys}])[-1]


def test_every_table_of_the_file_is_explained_in_its_order() -> None:
    fields = [field.alias or name for name, field in Agreement.model_fields.items()]
    assert [section.key for section in explained(default_agreement())] == fields


def default_agreement() -> Agreement:
    return Agreement.model_validate(default())


@pytest.mark.parametrize("tree", [walking.full(), walking.plain(default())], ids=["full", "default"])
def test_no_key_is_without_a_sentence(tree: Any) -> None:
    before = explained(walking.agreement(tree))
    untold = [path for path, changed in walking.changed(tree) if explained(changed) == before]
    assert untold == []


def test_the_walk_meets_every_key_of_every_table() -> None:
    met = {step for path, _ in walking.changed(walking.full()) for step in path.replace(" ", ".").split(".")}
    keys = {name for form in walking.SCHEMA["$defs"].values() for name in form.get("properties", {})}
    assert keys - met == set()


def test_sentences_of_a_section_can_be_told_apart() -> None:
    for section in explained(default_agreement()):
        keys = [sentence.key for sentence in section.sentences]
        assert len(set(keys)) == len(keys)


def test_every_activity_has_a_name_that_a_manager_knows() -> None:
    assert ACTIVITIES.keys() == {*KNOWN, "any"}


def test_rules_of_interest_that_add_up() -> None:
    assert rule() == "it: gives 5 points for each page view."
    assert rule(points=-1, group="urgency", ceiling=10) == (
        "it: takes off 1 point for each page view; at most 10 points for one lead; counts in the group urgency."
    )
    assert rule(on=["email_opened", "form_submitted"]) == "it: gives 5 points for each e-mail opened or form sent."
    assert rule(on="any") == "it: gives 5 points for each activity of any kind."


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("home", 'url "home"'),
        ("*a*", 'url like "*a*"'),
        (["*a", "b"], 'url like "*a" or "b"'),
        (3, "url 3"),
        (True, "url yes"),
        (False, "url no"),
        ({"min": 5, "max": 9}, "url 5 to 9"),
        ({"min": 5000}, "url at least 5,000"),
        ({"max": 0}, "url at most 0"),
        ({"not": ["a", "b"]}, 'url other than "a" or "b"'),
        ({"not": ["*a"], "present": True}, 'url not like "*a" and url told'),
        ({"present": False}, "url not told"),
        ("", "url not told"),
        (["a", ""], 'url "a" or not told'),
        ({"not": ["a", ""]}, 'url other than "a" or not told'),
    ],
)
def test_conditions(wanted: object, said: str) -> None:
    assert rule(where={"url": wanted}) == f"it: gives 5 points for each page view with {said}."
    assert rule(where={"title": "x", "url": wanted}).endswith(f'with title "x" and {said}.')


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"once": True}, "only the last one counts"),
        ({"once_per": "email"}, "of each e-mail only the last one counts"),
        ({"at_most": 1, "per": "week"}, "counts at most once a week (Monday to Sunday)"),
        ({"at_most": 1, "per": "hour"}, "counts at most once an hour"),
        ({"at_most": 2, "per": "day"}, "counts at most twice a day"),
        ({"at_most": 3, "per": "month"}, "counts at most 3 times a month of the calendar"),
        ({"at_most": 3, "per_days": 1.5}, "counts at most 3 times in any 36 hours in a row"),
        ({"at_most": 3, "per_days": 7}, "counts at most 3 times in any 7 days in a row"),
        ({"within_days": 30}, "it counts for 30 days"),
        ({"only": "returned"}, "only for leads that came back from sales"),
        ({"decay": {"percent_a_month": 25}}, "the points fade evenly, by 25 % in 30 days, down to nothing"),
        ({"decay": {"half_life_days": 7}}, "the points fade by half every 7 days"),
        ({"to": "2026-02-01T00:00:00Z"}, "only before 2026-02-01 00:00 UTC"),
        (
            {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00+01:00"},
            "only from 2026-01-01 00:00 UTC on and before 2026-02-01 00:00+01:00",
        ),
    ],
)
def test_rules_of_interest_that_depend_on_time(keys: dict[str, Any], said: str) -> None:
    assert rule(**keys) == f"it: gives 5 points for each page view; {said}."


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({"min": 3}, "while there were at least 3 page views within the last 14 days"),
        ({"min": 1}, "while there was at least 1 page view within the last 14 days"),
        ({"max": 2}, "while there were at most 2 page views within the last 14 days"),
        ({"min": 2, "max": 4}, "while there were 2 to 4 page views within the last 14 days"),
        ({"min": 1, "max": 1}, "while there was exactly 1 page view within the last 14 days"),
        ({"max": 0}, "while there was no page view within the last 14 days"),
    ],
)
def test_rules_of_interest_that_count_occurrences(times: dict[str, int], said: str) -> None:
    assert rule(times=times, within_days=14) == f"it: gives 5 points {said}."


def test_limits_of_what_is_counted_are_told_of_the_occurrences() -> None:
    often = {"times": {"min": 3}, "within_days": 14, "where": {"url": "*p*"}}
    begins = 'it: gives 5 points while there were at least 3 page views with url like "*p*" within the last 14 days; '
    assert rule(**often, at_most=1, per="day") == f"{begins}counted at most once a day."
    assert rule(**often, once_per="campaign") == f"{begins}of each campaign only the last one counts."


def test_that_silence_counts_once_goes_without_saying() -> None:
    silence = {"times": {"max": 0}, "within_days": 42, "points": -15}
    assert rule(**silence, once=True) == rule(**silence)


def test_a_daily_ceiling() -> None:
    assert told("interest", daily={"email_opened": 5}, rules=[])[-1] == (
        "e-mail opened: all rules together give at most 5 points for it on one day, "
        "what happened first before all; ceilings of groups come after that."
    )


def test_rules_of_fit() -> None:
    assert profile_rule(min=50, max=50) == "it: gives 5 points when company size is exactly 50."
    assert profile_rule(min=50, max=5000) == "it: gives 5 points when company size is 50 to 5,000."
    assert profile_rule(present=False) == "it: gives 5 points when company size was not told."
    assert profile_rule(field="role", one_of=["head *", "boss"], group="role") == (
        'it: gives 5 points when role is like "head *" or "boss"; counts in the group role.'
    )


def test_the_handoff() -> None:
    assert told("handoff", score=70, fit_min=5, interest_min=1, conversions=["demo", "contact_request"]) == [
        (
            "by score: a contact or lead that may be contacted is handed over from 70 points on, fit and interest "
            "together, if its fit is at least 5 and its interest is at least 1."
        ),
        "by asking: who asks for a demo or to be contacted is handed over at once, whatever the score.",
        "falling again: nothing happens when the score of an MQL falls again before sales accept it.",
    ]
    assert told("handoff", conversions=[])[1] == "by asking: asking for a conversation hands over nobody."


def test_a_minimum_is_told_where_somebody_has_less() -> None:
    def by_score(**handoff: int) -> str:
        return told("handoff", **handoff)[0].partition("together")[2]

    assert by_score(fit_min=0) == ", if its fit is not below 0."
    assert by_score(fit_min=-30) == by_score(fit_min=-31) == "."
    assert by_score(fit_min=-29, interest_min=0) == ", if its fit is at least -29 and its interest is not below 0."
    assert by_score(fit_min=-30, interest_min=1) == ", if its interest is at least 1."


def test_the_stages_and_where_sales_may_move_a_lead() -> None:
    contact, lead, mql = told("definitions", moves={"contact": [], "mql": ["lead", "sql"]})[1:4]
    assert contact == "contact: somebody with a name; sales may move nobody from here."
    assert lead == (
        "lead: a contact with a score (fit and interest) of 20 or more; "
        "sales may move them to accepted, SQL, customer or disqualified."
    )
    assert mql == "MQL: a lead that marketing handed over; sales may move them to lead or SQL."


def test_the_return() -> None:
    assert told("return", interest="reset", pause_days=7, reasons={}) == [
        (
            "again: a lead that came back is handed over again by score or grade when it has 20 points "
            "more than it came back with."
        ),
        "interest: a lead that goes back begins again without points of interest.",
        "pause: nobody is handed over by score or grade within 7 days of going back.",
    ]


def test_exclusions_grid_and_rating() -> None:
    tree = walking.plain(default())
    tree["exclusions"] = [{"name": "own staff", "field": "email_domain", "one_of": ["*.us.com"], "scored": False}]
    tree["grid"] = {"fit": {"B": 0, "A": 40}, "interest": {"1": 30}, "handoff": ["A1", "B1"], "names": {"A1": "hot"}}
    tree["rating"] = {"scale": "square_root", "best": 150, "names": {"very_hot": 80}}
    agreement = walking.agreement(tree)
    assert lines(agreement, "exclusions") == [
        'own staff: never handed over when e-mail domain is like "*.us.com", and given no points.'
    ]
    assert lines(agreement, "grid") == [
        "fit: A from 40 points on, B from 0 points on, and B also below that.",
        "interest: 1 from 30 points on, and 1 also below that.",
        "handoff: the grades that hand over are A1 and B1.",
        'A1: is called "hot".',
    ]
    assert lines(agreement, "rating")[1:] == [
        "best: a score of 150 or more is rated 100, one of 0 or less is rated 0.",
        "very hot: a rating of 80 or more.",
    ]
    assert lines(agreement, "handoff")[0] == (
        "by score: a contact or lead that may be contacted is handed over by its grade, which the grid tells, "
        "if its fit is at least 10; the score of 60 points decides nothing while there is a grid."
    )


def test_what_is_not_given_is_said_too() -> None:
    assert told("agreement", sources=[])[-1] == 'sources: all are counted as "other".'
    assert told("hours", holidays="DE")[-1] == "holidays: the public holidays of DE are free."
    assert told("return", reasons={"too_late": ""})[-1] == "too late: the lead enters no nurture track."


def test_instants_are_told_as_they_were_written() -> None:
    assert instant(WHEN) == "2026-01-01 00:00 UTC"
    assert instant(WHEN + timedelta(seconds=1)) == "2026-01-01 00:00:01 UTC"
    assert instant(WHEN.astimezone(timezone(timedelta(hours=2)))) == "2026-01-01 02:00+02:00"
