"""What others are told of nurturing is what was decided, in the same words."""

from typing import Any, get_type_hints

import pytest

from schemas import fact, nurture, topics
from schemas.codec import KINDS


@pytest.mark.parametrize(
    ("event", "decided"),
    [(nurture.NurtureEntered, fact.NurtureEntered), (nurture.NurtureLeft, fact.NurtureLeft)],
)
def test_the_event_gives_the_reasons_that_the_fact_has(event: Any, decided: Any) -> None:
    assert get_type_hints(event)["why"] == get_type_hints(decided)["why"]


def test_who_reads_of_entering_reads_of_leaving() -> None:
    assert [kind.topic for kind in KINDS if kind.type.startswith("leadrelay.nurture.")] == [topics.NURTURE.name] * 2
