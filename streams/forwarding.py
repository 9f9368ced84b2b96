"""Messages that came to another lane than their lead's: sent on as letters, as they were, with where they came from."""

from schemas.codec import Output
from schemas.topics import LETTER, LETTERS
from streams.record import Record

HEADER = "ce_forwardedfrom"
"""An extension attribute of CloudEvents: the place of the message in the log, like `a3-1042`."""
CARRIERS = {letter: name for name, letter in LETTERS.items()}


def forward(record: Record, place: str) -> Output:
    """The record as a letter to the lane of its key."""
    return Output(LETTER.name, record.key, record.value, (*record.headers, (HEADER, place.encode())))


def is_forwarded(record: Record) -> bool:
    """Whether this letter is a message that was sent on."""
    return record.topic == LETTER.name and any(name == HEADER for name, _ in record.headers)


def forwarded_from(record: Record) -> str:
    """The topic whose types this letter may carry: that of the message that was sent on, else its own."""
    place = next((value for name, value in reversed(record.headers) if name == HEADER), b"")
    return CARRIERS.get(place[:1].decode(errors="replace"), LETTER.name)
