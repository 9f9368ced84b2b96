"""A wrong agreement is told with line, key, what is wrong and what would be right; the default one is right."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.mistakes import Mistake, Mistaken, parse

DEFAULT = (files("schemas") / "agreement.toml").read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def told(text: str) -> list[Mistake]:
    """What is told of a text; nothing when it is right."""
    try:
        parse(text)
    except Mistaken as mistaken:
        return mistaken.mistakes
    return []


def mistakes(old: str, new: str) -> list[Mistake]:
    """What is told when one part of the default agreement is replaced."""
    assert old in DEFAULT
    return told(DEFAULT.replace(old, new, 1))


def test_the_default_agreement_is_right() -> None:
    agreement = parse(DEFAULT)
    assert agreement.agreement.number == 1
    assert agreement.pursuit.response_hours == 8
    assert agreement.hours.from_ == "09:00"
    assert agreement.return_.reasons["no_answer"] == "reconnect"


@pytest.mark.parametrize(
    ("old", "new", "wrong", "line"),
    [
        ("points = 25", "points = ", "Invalid value", line_of(DEFAULT, "points = 25")),
        ("number = 1 ", "number = 1\nnumber = 1 ", "Cannot overwrite", line_of(DEFAULT, "number = 1 ") + 1),
        ("remember = 64", 'remember = "', "Illegal character '\\n'", line_of(DEFAULT, "remember = 64")),
        ("remember = 64", "remember = [1,", "Invalid value", DEFAULT.count("\n") + 1),
        ("remember = 64", "remember = " + "[" * 5000, "recursion", 0),
        ("remember = 64", "remember = " + "1" * 5000, "digits", 0),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(old: str, new: str, wrong: str, line: int) -> None:
    (mistake,) = mistakes(old, new)
    assert (mistake.line, mistake.key) == (line, "")
    assert wrong in mistake.wrong
    assert "toml.io" in mistake.right


@pytest.mark.parametrize(
    ("old", "new", "at", "rest"),
    [
        (
            "ceiling = 50",
            "ceilling = 50",
            "ceiling = 50",
            (
                "fit.ceilling",
                "this key is unknown",
                "delete it, or see the comments in the default agreement",
            ),
        ),
        (
            "attempts_max = 6",
            'attempts_max = "six"',
            "attempts_max = 6",
            (
                "pursuit.attempts_max",
                "'six' does not fit",
                "Input should be a valid integer",
            ),
        ),
        (
            "response_hours = 8",
            "response_hours = 0",
            "response_hours = 8",
            (
                "pursuit.response_hours",
                "0 does not fit",
                "Input should be greater than 0",
            ),
        ),
        (
            'from = "09:00"',
            'from = "25:00"',
            'from = "09:00"',
            (
                "hours.from",
                "'25:00' does not fit",
                'a time of day like "09:00", "24:00" at the latest',
            ),
        ),
        (
            'not_ready = "c',
            '"Not ready" = "c',
            "not_ready",
            (
                "return.reasons.Not ready",
                "'Not ready' does not fit",
                "small letters from a to z, digits, _ and -",
            ),
        ),
        (
            'where = { url = "*pricing*" }',
            "where = { url = 1.5 }",
            "where = { url",
            (
                "interest.rules.1.where.url",
                "1.5 does not fit",
                "; or: ".join(f"Input should be a valid {kind}" for kind in ("string", "integer", "boolean", "list"))
                + "; or: Input should be a table, like { min = 10 }",
            ),
        ),
        (
            'days = ["mon", ',
            'days = ["monday", ',
            "days = [",
            (
                "hours.days.0",
                "'monday' does not fit",
                "Input should be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'",
            ),
        ),
        (
            "effective_from = 2000-01-01T00:00:00Z",
            'effective_from = "2000-01-01T00:00:00Z"',
            "effective_from",
            (
                "agreement.effective_from",
                "'2000-01-01T00:00:00Z' does not fit",
                "Input should be a valid datetime",
            ),
        ),
    ],
)
def test_a_value_of_the_wrong_shape_is_told(old: str, new: str, at: str, rest: tuple[str, str, str]) -> None:
    assert Mistake(line_of(DEFAULT, at), *rest) in mistakes(old, new)


def test_a_missing_key_is_told_at_its_table() -> None:
    (mistake,) = mistakes("score = 60", "")
    assert mistake == Mistake(
        line_of(DEFAULT, "[handoff]"),
        "handoff.score",
        "this key is missing",
        "add it; the default agreement shows how",
    )


def test_a_missing_table_has_no_line() -> None:
    (mistake,) = mistakes("[duplicates]\nremember = 64", "")
    assert (mistake.line, mistake.key, mistake.wrong) == (0, "duplicates", "this key is missing")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = DEFAULT.replace("ceiling = 50", "ceiling = 0").replace("attempts_max = 6", "attempts_max = 0")
    assert [mistake.key for mistake in told(text.replace("number = 1 ", "number = 0 "))] == [
        "agreement.number",
        "fit.ceiling",
        "pursuit.attempts_max",
    ]


def test_what_makes_no_sense_is_told_with_its_line() -> None:
    (mistake,) = mistakes('on = "page_viewed"', 'on = "page_veiwed"')
    assert mistake == Mistake(
        line_of(DEFAULT, 'on = "page_viewed"'),
        "interest.rules.0.on",
        "'page_veiwed' is unknown",
        "did you mean 'page_viewed'?",
    )


@given(st.integers(0, DEFAULT.count("\n")), st.sampled_from(["", "x", "x = 1", "[x", '"""', "points = -1", "[fit]"]))
def test_whatever_a_line_is_replaced_by_the_answer_is_an_agreement_or_its_mistakes(number: int, line: str) -> None:
    lines = DEFAULT.split("\n")
    lines[number] = line
    assert all(0 <= mistake.line <= len(lines) for mistake in told("\n".join(lines)))
