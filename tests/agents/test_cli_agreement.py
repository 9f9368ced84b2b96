"""The commands about agreements' files, for those who agree: write one, have it said back, compare two."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from agents import publishing
from agents.agreement import load_terms
from schemas.mistakes import parse
from tests.agents.test_cli import run

DEFAULT = Path("schemas/agreement.toml")


@pytest.fixture
def dearer(tmp_path: Path) -> str:
    """The default agreement with a higher number, and more points for the pricing page."""
    file = tmp_path / "next.toml"
    text = DEFAULT.read_text("utf-8").replace("number = 1 ", "number = 2 ")
    file.write_text(text.replace('"*pricing*" }\npoints = 10', '"*pricing*" }\npoints = 12'), "utf-8")
    return str(file)


def test_a_new_agreement_is_right_and_counts_from_the_next_midnight(tmp_path: Path) -> None:
    file = tmp_path / "agreement.toml"
    told = run("agreement", "new", str(file))
    assert told.exit_code == 0
    assert told.stdout.startswith(f"{file} is written: agreement 1, in force from ")
    assert run("agreement", "check", str(file)).exit_code == 0
    head, now = parse(file.read_text("utf-8")).agreement, datetime.now(UTC)
    assert head.number == 1
    assert now - timedelta(minutes=10) < head.effective_from <= now + timedelta(days=1)


def test_a_new_agreement_replaces_no_file(tmp_path: Path) -> None:
    file = tmp_path / "agreement.toml"
    file.write_text("ours")
    told = run("agreement", "new", str(file))
    assert told.exit_code == 1
    assert told.stderr.startswith("error: the new agreement is not written\n")
    assert f"{file} is there already" in told.stderr.replace("\n  ", " ")
    assert "what to do: give the path of a new file" in told.stderr
    assert file.read_text() == "ours"


def test_where_nothing_can_be_written_that_is_told(tmp_path: Path) -> None:
    told = run("agreement", "new", str(tmp_path / "nowhere" / "agreement.toml"))
    assert told.exit_code == 1
    assert told.stderr.startswith("error: the new agreement can't be written\n")
    assert "nowhere" in told.stderr


def test_what_is_odd_is_a_warning_and_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(DEFAULT.read_text("utf-8").replace("score = 60 ", "score = 19 "), "utf-8")
    told = run("agreement", "check", str(file))
    assert (told.exit_code, told.stdout.count("is without mistakes")) == (0, 1)
    key, wrong = "definitions.lead_score", "who has 19 is handed over before being a lead"
    assert told.stderr == f"warning: line 14, {key}: {wrong}; let it be lower than score in [handoff]\n"
    as_json = run("agreement", "check", str(file), "--json")
    answer = orjson.loads(as_json.stdout)
    assert (as_json.exit_code, answer["valid"], answer["mistakes"]) == (0, True, [])
    assert [(each["key"], each["wrong"]) for each in answer["warnings"]] == [(key, wrong)]
    assert load_terms(file).handoff_score == 19


def test_what_is_odd_is_told_before_it_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def published(*_: object) -> list[object]:
        return []

    async def publish(*_: object) -> int:
        return 12

    monkeypatch.setattr(publishing, "published", published)
    monkeypatch.setattr(publishing, "publish", publish)
    file, begins = tmp_path / "odd.toml", datetime.now(UTC) + timedelta(days=400)
    text = DEFAULT.read_text("utf-8").replace("number = 1 ", "number = 2 ")
    file.write_text(text.replace("2000-01-01T00:00:00Z", f"{begins:%Y-%m-%dT%H:%M:%SZ}"), "utf-8")
    told = run("agreement", "publish", str(file), "--yes")
    assert (told.exit_code, "Agreement 2 is published to 12 lanes." in told.stdout) == (0, True)
    assert told.stderr.startswith("warning: line 8, agreement.effective_from: is more than a year away; ")


def test_an_agreement_without_oddities_has_no_warnings() -> None:
    assert run("agreement", "check", str(DEFAULT)).stderr == ""


def test_an_agreement_is_said_back_in_sentences_beside_what_they_are_about() -> None:
    told = run("agreement", "explain", str(DEFAULT))
    assert told.exit_code == 0
    (line,) = [line for line in told.stdout.splitlines() if "*pricing*" in line]
    about, sentence = line.split("  Gives 10 points ")
    assert about.strip() == "pricing page"
    assert sentence.startswith('for each page view with url like "*pricing*"; at most 20 points for one lead;')
    assert "Grid" not in told.stdout
    assert "\nHandoff: when marketing hand a lead to sales\n" in told.stdout


def test_programs_get_the_sentences_of_each_table() -> None:
    told = orjson.loads(run("agreement", "explain", str(DEFAULT), "--json").stdout)
    assert list(told)[:4] == ["agreement", "definitions", "fit", "interest"]
    assert told["pursuit"][-1] == (
        'attempts: the lead goes back with the reason "no answer" when it answered none of 6 attempts in a row.'
    )


def test_what_changed_is_told_in_words(dearer: str) -> None:
    told = run("agreement", "diff", str(DEFAULT), dearer)
    assert told.exit_code == 0
    assert [" ".join(line.split()) for line in told.stdout.splitlines()] == [
        "The agreement",
        "number It is number 2 instead of 1.",
        "",
        "Interest: how much does this person want to know?",
        "pricing page Gives 12 points instead of 10.",
    ]
    assert orjson.loads(run("agreement", "diff", str(DEFAULT), dearer, "--json").stdout) == {
        "agreement": ["number: it is number 2 instead of 1."],
        "interest": ["pricing page: gives 12 points instead of 10."],
    }


def test_that_nothing_changed_is_told_too(dearer: str) -> None:
    told = run("agreement", "diff", dearer, dearer)
    assert (told.exit_code, told.stdout) == (0, "Nothing changed.\n")
    assert run("agreement", "diff", dearer, dearer, "--json").stdout == "{}\n"


@pytest.mark.parametrize("command", [("explain",), ("diff", str(DEFAULT))])
def test_a_wrong_agreement_is_neither_explained_nor_compared(command: tuple[str, ...], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(DEFAULT.read_text("utf-8").replace('holidays = ""', 'holidays = "XX"'), "utf-8")
    told = run("agreement", *command, str(wrong))
    assert told.exit_code == 2
    assert "'XX'" in told.stderr
    assert told.stdout == ""
