"""Who may move a lead from where to where."""

from typing import get_args

import pytest

from schemas.bounds import Stage
from schemas.fact import StageMoved
from schemas.sense import SALES_MOVES
from streams.row import Lead
from streams.stage import LADDER, may_lead, moved

STAGES = get_args(Stage)


def test_every_stage_but_the_disqualified_is_a_rung_of_the_funnel() -> None:
    assert {*LADDER, "disqualified"} == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_nobody_moves_a_lead_to_where_it_is_or_back_to_a_stranger(stage: Stage) -> None:
    assert not may_lead(stage, stage)
    assert not may_lead(stage, "visitor")
    assert not SALES_MOVES[stage] & {stage, "visitor"}


def test_only_the_agreement_makes_an_mql() -> None:
    assert [stage for stage in STAGES if "mql" in SALES_MOVES[stage]] == []
    assert [stage for stage in STAGES if may_lead(stage, "mql")] == ["visitor", "contact", "lead"]


def test_only_sales_confirm_sell_and_disqualify() -> None:
    for stage in ("accepted", "sql", "customer", "disqualified"):
        assert not [other for other in STAGES if may_lead(other, stage)]


def test_a_lead_is_not_sold_to_after_it_was_disqualified() -> None:
    assert SALES_MOVES["disqualified"] == {"lead"}


def test_a_jump_reaches_the_rungs_between_too() -> None:
    lead = Lead("ada", stage="contact", peak="contact")
    assert moved(lead, "accepted", "sales", "accepted") == StageMoved(
        "contact", "accepted", ("lead", "mql", "accepted"), "sales", "accepted"
    )


def test_a_rung_is_reached_once() -> None:
    lead = Lead("ada", stage="lead", peak="sql")
    assert moved(lead, "mql", "agreement", "").passed == ()
    assert moved(lead, "customer", "sales", "").passed == ("customer",)
    assert moved(lead, "disqualified", "sales", "").passed == ()
