"""What a manager is told of two agreements: every change, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from streams.changes import changes
from tests.streams import walking
from tests.streams.given import default


def told(change: Callable[[Any], object]) -> list[str]:
    """What changed in the default agreement; its number is raised, and that is not told here."""
    old, new = walking.plain(default()), walking.plain(default())
    new["agreement"]["number"] = 2
    change(new)
    head, *sections = changes(walking.agreement(old), walking.agreement(new))
    assert [sentence.line for sentence in head.sentences] == ["number: it is number 2 instead of 1."]
    return [f"{section.key}: {sentence.line}" for section in sections for sentence in section.sentences]


def interest(tree: Any) -> Any:
    return tree["interest"]["rules"]


@pytest.mark.parametrize("tree", [walking.full(), walking.plain(default())], ids=["full", "default"])
def test_every_change_is_told_there_and_back(tree: Any) -> None:
    own = walking.agreement(tree)
    untold = [path for path, other in walking.changed(tree) if not (changes(own, other) and changes(other, own))]
    assert untold == []


@pytest.mark.parametrize("tree", [walking.full(), walking.plain(default())], ids=["full", "default"])
def test_between_equal_agreements_nothing_changed(tree: Any) -> None:
    assert changes(walking.agreement(tree), walking.agreement(walking.plain(tree))) == []


def test_a_rule_that_changed_is_told_piece_by_piece() -> None:
    def change(tree: Any) -> None:
        interest(tree)[1] |= {"points": 12, "ceiling": 24, "once": True, "group": "", "where": {"url": "*preise*"}}

    assert told(change) == [
        (
            'interest: pricing page: gives 12 points instead of 10; url like "*preise*" instead of "*pricing*"; '
            "now also: only the last one counts; at most 24 points for one lead instead of 20; "
            "no longer: counts in the group urgency."
        )
    ]


def test_points_that_are_taken_off_now_are_told_with_what_was() -> None:
    assert told(lambda tree: interest(tree)[0].update(points=-1)) == [
        "interest: page read: takes off 1 point (before: gives 1 point)."
    ]


def test_rules_that_came_went_and_have_another_name() -> None:
    def change(tree: Any) -> None:
        rules = interest(tree)
        del rules[9]
        rules[0]["name"] = "any page"
        rules.append({"name": "click", "on": "email_clicked", "points": 2})

    assert told(change) == [
        "interest: any page: a new name for page read.",
        "interest: click: new: gives 2 points for each click in an e-mail.",
        (
            "interest: trial: gone; it was: gives 25 points for each trial started; at most 25 points for one lead; "
            "counts in the group urgency."
        ),
    ]


def test_rules_that_changed_places_share_a_ceiling_otherwise() -> None:
    assert told(lambda tree: tree["fit"]["rules"].reverse()) == [
        "fit: order: the rules stand in another order, and a ceiling leaves points to the first ones first."
    ]


def test_of_a_list_what_came_and_went_is_told_and_of_a_long_one_that_alone() -> None:
    def change(tree: Any) -> None:
        tree["fit"]["rules"][0]["one_of"] = ["owner", "partner", "boss"]
        tree["fit"]["rules"][5]["one_of"] += ["FR"]
        tree["fit"]["rules"][7]["one_of"].reverse()

    assert told(change) == [
        (
            'fit: decision maker: when seniority is "owner", "partner" or "boss" '
            '(new "boss"; gone "c-level", "vp" and "director").'
        ),
        'fit: core market: when country is ... (new "FR").',
    ]


def test_other_values_are_told_by_what_they_mean() -> None:
    def change(tree: Any) -> None:
        tree["pursuit"] |= {"response_hours": 4.5, "grace_minutes": 1}
        tree["hours"] |= {"to": "18:00", "holidays": "DE"}
        tree["return"]["reasons"] |= {"not_ready": "awareness"}
        tree["return"]["reasons"]["later"] = ""

    assert told(change) == [
        "pursuit: response: sales make the first attempt within 4.5 working hours of the handoff instead of 8.",
        (
            "pursuit: grace: feedback may arrive late: a deadline counts as missed only after another 1 minute "
            "instead of 15 minutes."
        ),
        "hours: time: to 18:00 instead of 17:00.",
        "hours: holidays: the public holidays of DE are free (before: public holidays are working days like others).",
        "return: not ready: the lead enters the nurture track awareness instead of consideration.",
        "return: later: new: the lead enters no nurture track.",
    ]


def test_a_change_under_the_same_number_is_minded() -> None:
    new = walking.plain(default())
    new["handoff"]["score"] = 61
    *_, last = changes(walking.agreement(walking.plain(default())), walking.agreement(new))
    assert [sentence.line for sentence in last.sentences] == [
        "number: is 1 in both, but an agreement that changed needs a higher one."
    ]
