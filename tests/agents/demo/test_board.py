"""Holds the demo's board to what the worker's metrics say."""

from io import StringIO

from rich.console import Console

from agents.demo.board import Progress, Reading, board
from agents.metrics import Metrics
from tests.agents.relayed import status

COUNTS = {
    ("stage_entered", "visitor", "web"): 5,
    ("stage_entered", "visitor", "other"): 3,
    ("conversions", "visitor", "contact"): 6,
    ("conversions", "contact", "lead"): 3,
    ("leads", "visitor"): 2,
    ("handoffs", "score"): 2,
    ("returns", "no_answer"): 1,
    ("deadlines", "missed"): 4,
    ("attempts_to_answer", "1"): 7,
    ("attempts_to_answer", "7"): 2,
    ("messages", "leads.activity.v1", "applied"): 30,
    ("messages", "leads.feedback.v1", "ignored"): 10,
}


async def drawn() -> str:
    exposition = await Metrics(lambda: {0: COUNTS, 1: COUNTS}, status, {}).exposition()
    console = Console(file=StringIO(), width=100)
    console.print(board(Reading.of(exposition.decode()), Progress(80, 100, 1234.5, "people and their visits")))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def row(text: str, name: str) -> list[str]:
    """The cells of the table row that begins with this name."""
    line = next(line for line in text.splitlines() if f"│ {name} " in line)
    return [cell.strip() for cell in line[line.index(f"│ {name} ") :].split("│")][1:]


async def test_the_funnel_tells_who_entered_who_reached_and_what_share() -> None:
    text = await drawn()
    assert row(text, "visitor")[:4] == ["visitor", "4", "16", "16"]
    assert row(text, "contact")[:5] == ["contact", "0", "0", "12", "75.0%"]
    assert row(text, "lead")[:5] == ["lead", "0", "0", "6", "50.0%"]


async def test_handoffs_returns_and_deadlines_are_summed_over_the_lanes() -> None:
    text = await drawn()
    assert row(text, "score")[1] == "4"
    assert row(text, "no answer")[1] == "2"
    assert row(text, "missed")[1] == "8"


async def test_attempts_to_answer_are_told_apart_again() -> None:
    text = await drawn()
    assert row(text, "1")[1] == "14"
    assert row(text, "7 to 8")[1] == "4"
    assert row(text, "21 and more")[1] == "0"


async def test_the_head_tells_how_far_it_is() -> None:
    assert "fed 80  handled 80  1,234/s" in await drawn()


def test_a_worker_that_says_nothing_gives_an_empty_board() -> None:
    assert Reading.of("").handled == 0
