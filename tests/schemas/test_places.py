"""A key's line is found in any notation that TOML has, and is 0 when nobody can know it."""

import pytest

from schemas.places import Places

TEXT = '''\
# a comment with [brackets] and a = sign
title = "x"

[fit]   # the table
ceiling = 50
words = [
  "a = 1",
  "[b]",
]
story = """
[[fit.rules]]
points = 1
"""

[[fit.rules]]
name = "first"
"points" = 1

  [[fit.rules]]
  name = "second"
  where = { url = "*x*", kind = ["a", "b"] }

[fit.rules.more]
deep.er = 1

[[fit.rules]]
name = "third"

[a."b c".d]
e = 1
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("title", 2),
        ("fit", 4),
        ("fit.ceiling", 5),
        ("fit.words", 6),
        ("fit.words.1", 6),
        ("fit.story", 10),
        ("fit.rules", 15),
        ("fit.rules.0", 15),
        ("fit.rules.0.points", 17),
        ("fit.rules.1", 19),
        ("fit.rules.1.name", 20),
        ("fit.rules.1.where.url", 21),
        ("fit.rules.1.where.kind.1", 21),
        ("fit.rules.1.more.deep.er", 24),
        ("fit.rules.2.name", 27),
        ("a.b c.d.e", 30),
    ],
)
def test_a_key_has_the_line_on_which_it_begins(key: str, line: int) -> None:
    assert Places(TEXT).line(key) == line


@pytest.mark.parametrize(
    ("key", "line"), [("fit.rules.1.points", 19), ("fit.flor", 4), ("a.x", 29), ("fit.rules.9.name", 15)]
)
def test_a_missing_key_has_the_line_of_the_table_around_it(key: str, line: int) -> None:
    assert Places(TEXT).line(key) == line


@pytest.mark.parametrize("key", ["hours", "hours.zone", "", "rules.0"])
def test_a_key_of_a_missing_table_has_no_line(key: str) -> None:
    assert Places(TEXT).line(key) == 0


def test_lines_end_only_where_toml_ends_them() -> None:
    assert Places('a = "\u2028 \x85"\r\n\r\nb = 1').line("b") == 3


def test_arrays_of_tables_inside_arrays_of_tables_are_counted_anew() -> None:
    places = Places("[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nc = 1\n")
    assert [places.line(key) for key in ("a.0.b.0", "a.0.b.1", "a.1", "a.1.b.0.c")] == [2, 3, 4, 6]
