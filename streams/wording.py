"""The pieces that sentences about an agreement are made of, so that two agreements can be compared piece by piece."""

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Clause(NamedTuple):
    """A piece of a sentence, with words where its frame has `{}`.

    Attributes:
        key: What it is about; unique in its sentence, and the same in every agreement.
        frame: Its text around the words.
        words: A number with its unit, or several words.
        joint: What stands before the last of several words.
        before: What stands between it and the clause before; says nothing by itself.
    """

    key: str
    frame: str
    words: tuple[str, ...] = ()
    joint: Literal["and", "or"] = "and"
    before: str = "; "

    @property
    def text(self) -> str:
        """The clause in words."""
        return self.frame.replace("{}", listed(self.words, self.joint), 1)


class Sentence(NamedTuple):
    """What an agreement says about one thing; `key` is unique in its section, and the same in every agreement."""

    key: str
    about: str
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """The sentence without what it is about, in small letters and without a full stop."""
        first, *others = self.clauses
        return first.text + "".join(clause.before + clause.text for clause in others)

    @property
    def line(self) -> str:
        """The whole sentence."""
        return f"{self.about}: {self.text}."


class Section(NamedTuple):
    """What an agreement says in one of its tables; `key` is the name of the table."""

    key: str
    title: str
    sentences: tuple[Sentence, ...]


def said(key: str, about: str, frame: str, *words: str) -> Sentence:
    """A sentence of one clause."""
    return Sentence(key, about, (Clause(key, frame, words),))


def listed(words: Sequence[str], joint: str = "and") -> str:
    """The words in a row; `none` when there are none."""
    *most, last = words or ("none",)
    return f"{', '.join(most)} {joint} {last}" if most else last


def quoted(words: Sequence[str]) -> tuple[str, ...]:
    """Words of the file, to be told from ours."""
    return tuple(f'"{word}"' for word in words)


def plain(name: str) -> str:
    """A name of the file in plain letters."""
    return name.replace("_", " ").replace("email", "e-mail")


def number(value: float) -> str:
    """A number in full: `5,000`, `0.5`."""
    return f"{int(value) if value == int(value) else value:,}"


def counted(value: float, unit: str) -> str:
    """A number with its unit, which is in the plural but for 1."""
    return f"{number(value)} {unit}{'' if value == 1 else 's'}"


def bounded(low: float | None, high: float | None) -> tuple[str, ...]:
    """The numbers between two bounds; nothing when there is none."""
    if low is not None and low == high:
        return (f"exactly {number(low)}",)
    if low is not None and high is not None:
        return (f"{number(low)} to {number(high)}",)
    ends = (("at least", low), ("at most", high))
    return tuple(f"{end} {number(bound)}" for end, bound in ends if bound is not None)
