"""A return names a reason of the agreement, and the reason names the track."""

from importlib.resources import files

import pytest

from schemas.mistakes import parse
from tests.schemas.made import EXAMPLES

AGREEMENT = parse((files("schemas") / "agreement.toml").read_text("utf-8"))
RETURNS = {name: event["data"] for name, event in EXAMPLES.items() if name.startswith("return.")}


@pytest.mark.parametrize("name", RETURNS)
def test_an_example_is_what_the_default_agreement_says(name: str) -> None:
    data = RETURNS[name]
    assert data["track"] == AGREEMENT.return_.reasons[data["reason"]]


def test_the_agreement_itself_returns_after_its_number_of_attempts() -> None:
    data = RETURNS["return.made.no_answer.json"]
    assert (data["by"], data["attempts"]) == ("agreement", AGREEMENT.pursuit.attempts_max)
