"""The published versions of the agreement that a lane knows, and which of them is in force when."""

from dataclasses import replace
from functools import lru_cache

import orjson

from schemas.envelope import Refusal
from schemas.mistakes import Mistaken, parse
from streams.folding import fold, unfold
from streams.terms import Terms, compiled

ROW = b"\x00agreement"
"""The key of the lane's own row that remembers them."""
TEXT_BYTES_MAX = 1_000_000


def folded(text: str) -> str:
    """An agreement's text as a letter carries it."""
    return fold(text.encode())


def unfolded(document: str) -> str:
    """The text of such a document.

    Raises:
        ValueError: It is none, or longer than TEXT_BYTES_MAX.
    """
    return unfold(document, TEXT_BYTES_MAX).decode()


@lru_cache(maxsize=64)
def _terms(document: str) -> Terms:
    """Compiled once for all lanes."""
    return compiled(parse(unfolded(document)))


class Versions:
    """Published versions, oldest first. Each has a higher number and a later beginning than the one before."""

    def __init__(self) -> None:
        self._terms: list[Terms] = []
        self._documents: list[str] = []
        self.changed = False

    def __bool__(self) -> bool:
        return bool(self._terms)

    def in_force(self, base: Terms, at: int) -> Terms:
        """The version in force at this instant (ms since the epoch); `base` before all of them."""
        return self.latest(base).then(at)

    def latest(self, base: Terms) -> Terms:
        """The version with the highest number, in force or not."""
        return self._terms[-1] if self._terms else base

    def adopt(self, base: Terms, document: str) -> Terms | None:
        """Know one more version; None when it, or a later one, is known already.

        Raises:
            Refusal: It is no agreement, or begins before one that is known.
        """
        try:
            terms = _terms(document)
        except (ValueError, Mistaken) as error:
            raise Refusal("invalid_data", f"the document is no agreement: {error}") from None
        last = self.latest(base)
        if terms.number <= last.number:
            return None
        if terms.effective_at <= last.effective_at:
            raise Refusal("invalid_data", f"agreement {terms.number} begins no later than agreement {last.number}")
        self._terms.append(replace(terms, before=last))
        self._documents.append(document)
        self.changed = True
        return terms

    def row(self) -> bytes:
        """What the lane remembers of them."""
        self.changed = False
        return orjson.dumps(self._documents)

    def restore(self, base: Terms, row: bytes) -> None:
        """Take what was remembered; versions that the base has caught up with are left out."""
        self._documents, self._terms = orjson.loads(row), []
        for terms in map(_terms, self._documents):
            if terms.number > base.number:
                self._terms.append(replace(terms, before=self.latest(base)))
