"""The journal's lines."""

import orjson
import pytest

from schemas.fact import NAMES, Acted, Arrived, Returned
from streams.journal import about, line
from tests.streams.given import MONDAY, Story, demo, fact_of, page, returned


@pytest.mark.parametrize("lead", ["ada", "größe", 'a"b\\c', "", "line\nbreak"])
def test_a_line_tells_fact_lead_time_cause_and_version(lead: str) -> None:
    fact = Returned("no_answer", "agreement", 6, "reconnect", 85)
    written = line(about(lead, "2026-11-02T09:00:00.000Z", "f3-1042", 7), fact)
    assert orjson.loads(written) == {
        "fact": "returned",
        "lead": lead,
        "at": "2026-11-02T09:00:00.000Z",
        "cause": "f3-1042",
        "agreement": 7,
        "data": {
            "reason": "no_answer",
            "by": "agreement",
            "attempts": 6,
            "track": "reconnect",
            "again_at": 85,
            "paused_until": 0,
        },
    }
    assert fact_of(written) == fact


def test_a_fact_is_called_by_its_name_in_words() -> None:
    assert NAMES[Acted] == "acted"
    assert {"handed_over", "stage_moved", "deadline_ended"} < set(NAMES.values())


def test_every_fact_of_a_message_has_its_cause_and_key() -> None:
    story = Story()
    story.when(page(MONDAY))
    assert [(output.key, orjson.loads(output.value or b"")["cause"]) for output in story.outputs] == [
        (b"ada", "a0-0")
    ] * 2
    assert fact_of(story.outputs[0].value or b"") == Arrived("other")
    story.and_then(demo(), returned())
    assert {orjson.loads(output.value or b"")["cause"] for output in story.outputs if not output.headers} == {"f0-0"}
