"""Holds the loading of agreements to its word: right, or refused with every mistake."""

from pathlib import Path

import pytest

from agents.agreement import load_terms
from agents.errors import LeadrelayError


def test_the_agreement_that_leadrelay_brings_is_right() -> None:
    assert load_terms().number == 1


def test_a_file_of_ones_own_counts_instead(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(Path("schemas/agreement.toml").read_text().replace("number = 1 ", "number = 7 "))
    assert load_terms(own).number == 7


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(LeadrelayError) as caught:
        load_terms(Path("nowhere.toml"))
    assert "nowhere.toml" in caught.value.detail


def test_every_mistake_is_told_with_its_place_and_what_would_be_right(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    text = Path("schemas/agreement.toml").read_text()
    wrong.write_text(text.replace('on = "email_opened"', 'on = "email_open"').replace('"reconnect"  ', '"reconect"  '))
    with pytest.raises(LeadrelayError) as caught:
        load_terms(wrong)
    assert "2 mistakes" in caught.value.what
    assert "email_opened" in caught.value.detail
    assert "'reconnect'" in caught.value.detail
    assert caught.value.exit_code == 2
