"""A lead fits into a row of bytes and comes back unchanged."""

from dataclasses import fields

import pytest
from hypothesis import given as all_of
from hypothesis import strategies as st

from streams.row import (
    DIGEST_BYTES,
    HEADER,
    Lead,
    digest,
    due_at,
    knows,
    lead_of,
    pack,
    parts,
    plain,
    remember,
    unpack,
)
from streams.squeezing import squeeze
from tests.streams.given import ADA, HOT, accepted, content, given, page

INSTANTS = st.integers(0, 2**53)
TEXTS = st.text(max_size=12)
STAGES = st.sampled_from(["visitor", "contact", "lead", "mql", "accepted", "sql", "customer", "disqualified"])
ENTRIES = st.lists(st.tuples(TEXTS, st.integers(-100, 100), st.integers(1, 9), INSTANTS, TEXTS, TEXTS), max_size=4)
LEADS = st.builds(
    Lead,
    TEXTS,
    st.lists(st.tuples(STAGES, INSTANTS), max_size=3),
    ENTRIES,
    ENTRIES,
    stage=STAGES,
    peak=STAGES,
    source=TEXTS,
    activity=st.dictionaries(TEXTS, st.integers(1, 99), max_size=3),
    profile=st.dictionaries(TEXTS, TEXTS | st.integers(1, 99), max_size=3),
    with_sales=st.booleans(),
    due_at=st.none() | INSTANTS,
    seen=st.binary(min_size=DIGEST_BYTES, max_size=DIGEST_BYTES) | st.just(b""),
)


@all_of(LEADS)
def test_a_lead_comes_back_from_its_row_as_it_was(lead: Lead) -> None:
    row = pack(lead)
    back = unpack(lead.id, row)
    assert back == lead
    assert [type(getattr(back, each.name)) for each in fields(Lead)] == [
        type(getattr(lead, each.name)) for each in fields(Lead)
    ]
    assert all(isinstance(entry, tuple) for entry in (*back.fits, *back.interests))
    assert all(isinstance(move, tuple) for move in back.history)
    assert pack(back) == row
    assert due_at(row) == lead.due_at


def test_the_next_deadline_is_read_without_the_rest_of_the_row() -> None:
    story = given(*HOT)
    assert due_at(pack(story.lead)[:11]) == story.lead.due_at
    assert due_at(pack(story.and_then(accepted()).lead)) is None


def test_a_row_of_another_format_is_not_guessed_at() -> None:
    row = pack(given(*HOT).lead)
    with pytest.raises(ValueError, match=r"'ada' has format 9, this program reads 8"):
        unpack(ADA, b"\x09" + row[1:])


def test_a_broken_row_is_told() -> None:
    row = pack(given(*HOT).lead)
    head = row[: HEADER.size + len(HOT) * DIGEST_BYTES]
    for broken in (b"", row[:9], head, row[:-1], row + b"]", head + squeeze(b"["), head + squeeze(b"[1, 2]")):
        with pytest.raises(ValueError, match=r"^row of lead 'ada' is broken: "):
            unpack(ADA, broken)


def test_a_plain_row_says_the_same() -> None:
    lead = given(*HOT).lead
    assert lead_of(ADA, *parts(ADA, plain(lead))) == lead


def test_an_event_is_known_by_its_id_and_source_together() -> None:
    assert digest("crm", "1") != digest("site", "1")
    assert digest("crm", "1") == digest("crm", "1")


def test_the_oldest_of_too_many_ids_is_forgotten() -> None:
    lead = Lead(ADA)
    marks = [digest("urn:test", str(number)) for number in range(5)]
    for mark in marks:
        assert not knows(lead, mark)
        remember(lead, mark, 3)
    assert [knows(lead, mark) for mark in marks] == [False, False, True, True, True]


def test_bytes_across_two_ids_are_no_id() -> None:
    lead = Lead(ADA, seen=b"AAAabc" + b"defBBB" + b"abcdef")
    assert knows(lead, b"abcdef")
    assert not knows(lead, b"bcdefB")
    lead.seen = lead.seen[:12]
    assert not knows(lead, b"abcdef")


def test_points_by_rule_are_those_of_the_ledger() -> None:
    story = given(page(), content(), page())
    assert story.lead.given == unpack(ADA, pack(story.lead)).given == {"page read": 2, "content taken": 8}
