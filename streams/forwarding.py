"""Messages that are sent on as letters: to the lane of their lead, or to the lead that another id stands for."""

from schemas.codec import BY_CONTRACT, Output
from schemas.envelope import headers_of, unsealed
from schemas.letter import HistoryTransferred, MemberChanged
from schemas.topics import LETTER, LETTERS
from streams.record import HELD, Record

HEADER = "ce_forwardedfrom"
"""An extension attribute of CloudEvents: the place of the message in the log, like `a3-1042`."""
FORMER = "ce_formersubject"
"""Likewise: the id that the message was sent to, which stands for another lead; one for each on its way."""
HOPS_MAX = 200
"""A message is sent on so many times at most from id to id."""
OWN = {HELD, *(name for name, _ in headers_of(b"", b"", b"", b"", b""))}
CAUSED = {BY_CONTRACT[contract].type.encode() for contract in (HistoryTransferred, MemberChanged)}
CARRIERS = {letter: name for name, letter in LETTERS.items()}


def forward(record: Record, place: str, *, held: bool = False) -> Output:
    """The record as a letter to the lane of its key; `held` when it waits before."""
    come_from = () if is_forwarded(record) else ((HEADER, place.encode()),)
    waited = ((HELD, place.encode()),) if held else ()
    return Output(LETTER.name, record.key, record.value, (*record.headers, *come_from, *waited))


def redirect(record: Record, place: str, to: str) -> Output:
    """The record as a letter to this lead, in binary mode, with the id that it was sent to."""
    identity, source, kind, subject, _, time, data = unsealed(record.key, record.value, record.headers)
    rest = [header for header in record.headers if header[0] not in OWN]
    come_from = () if is_forwarded(record) or record.topic == LETTER.name else ((HEADER, place.encode()),)
    attributes = headers_of(*map(str.encode, (identity, source, kind, to, time)))
    return Output(LETTER.name, to.encode(), data, (*attributes, *rest, *come_from, (FORMER, subject.encode())))


def formers(record: Record) -> list[str]:
    """The ids that this message was sent to before, oldest first."""
    return [(value or b"").decode(errors="replace") for name, value in record.headers if name == FORMER]


def is_sent(record: Record) -> bool:
    """Whether this letter was written because of another message, and not by a clock or a person."""
    return (is_forwarded(record) and is_held(record) is None) or any(
        name == "ce_type" and value in CAUSED for name, value in record.headers
    )


def is_held(record: Record) -> bytes | None:
    """The place of a message that has waited, where it lay before; None for others."""
    return next((value or b"" for name, value in reversed(record.headers) if name == HELD), None)


def comes_home(lead: str, record: Record) -> bool:
    """Whether a history was sent round in a circle of ids, and this is the first of them by name."""
    path = formers(record)
    return lead in path and lead == min(path[path.index(lead) :])


def is_forwarded(record: Record) -> bool:
    """Whether this letter is a message that was sent on."""
    return record.topic == LETTER.name and any(name == HEADER for name, _ in record.headers)


def forwarded_from(record: Record) -> str:
    """The topic whose types this letter may carry: that of the message that was sent on, else its own."""
    place = next((value for name, value in reversed(record.headers) if name == HEADER), b"")
    return CARRIERS.get(place[:1].decode(errors="replace"), LETTER.name)
