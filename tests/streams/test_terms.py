"""The agreement compiled: what a rule's conditions mean."""

import pytest

from schemas.mistakes import Mistaken
from streams.terms import Terms
from tests.streams.given import HOUR, MINUTE, agreed


def test_durations_are_milliseconds() -> None:
    terms = agreed(pursuit__response_hours=1.5, pursuit__grace_minutes=5)
    assert (terms.response_ms, terms.grace_ms) == (90 * MINUTE, 5 * MINUTE)
    assert terms.effective_at == 946_684_800_000
    assert agreed(pursuit__response_hours=8).response_ms == 8 * HOUR


def test_working_hours_end_at_midnight_when_the_agreement_says_24() -> None:
    hours = agreed(hours__to="24:00", hours__from="00:30", hours__days=["sat", "sun"]).hours
    assert (hours.start, hours.end, hours.weekdays) == (30, 1440, frozenset({5, 6}))


def test_a_country_without_known_holidays_is_a_mistake() -> None:
    with pytest.raises(Mistaken) as caught:
        agreed(hours__holidays="XX")
    (mistake,) = caught.value.mistakes
    assert (mistake.key, mistake.wrong) == ("hours.holidays", "no public holidays are known for 'XX'")
    assert agreed(hours__holidays="DE").hours.holidays.country == "DE"


def test_compiled_reads_every_part_of_the_default() -> None:
    terms = agreed()
    assert isinstance(terms, Terms)
    assert (terms.number, terms.handoff_score, terms.fit_min, terms.attempts_max, terms.again_points) == (
        1,
        60,
        10,
        6,
        20,
    )
    assert terms.reasons["no_answer"] == "reconnect"
    assert terms.stage_tracks == {"contact": "awareness", "lead": "consideration"}
    assert terms.tracks == {"awareness", "consideration", "decision", "reconnect"}
