"""Rows go to the fold, the position row to us, and a stranger's record is not taken."""

import pytest
from aiokafka import TopicPartition

from agents.engine.changelog import Restored, owner_of
from agents.engine.lane import Lane
from agents.engine.transaction import POSITION, offsets_of, position_row
from agents.errors import LeadrelayError
from tests.agents.engine.fakes import Fold, Record

PLACE = TopicPartition("log", 3)


def row(positions: dict[str, int]) -> bytes:
    return position_row(Lane(0, Fold(), positions, lambda _lane: None).take(), "app-w0")


def test_rows_go_to_the_fold_and_the_last_position_row_counts() -> None:
    restored = Restored(fold := Fold())
    first, second = row({"a": 1}), row({"a": 9, "b": 2})
    restored.take(PLACE, [(POSITION, first), (b"k", b"v1"), (b"gone", None), (POSITION, second)])
    assert restored.positions == {"a": 9, "b": 2}
    assert fold.rows == {b"k": b"v1", b"gone": None}
    assert restored.rows == 4


def test_the_position_row_names_its_owner() -> None:
    assert owner_of(Record(0, row({}), POSITION)) == "app-w0"
    assert owner_of(Record(0, b"v", b"k")) is None


def test_the_lanes_other_rows_of_its_own_go_to_the_fold() -> None:
    restored = Restored(fold := Fold())
    restored.take(PLACE, [(b"\x00counts", b"1")])
    assert fold.rows == {b"\x00counts": b"1"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (None, b"v"),
        (POSITION, b"{"),
        (POSITION, None),
        (POSITION, b"[]"),
        (POSITION, b'{"positions": 3, "by": "x"}'),
        (POSITION, b'{"positions": {}}'),
    ],
)
def test_a_strangers_record_is_refused(key: bytes | None, value: bytes | None) -> None:
    with pytest.raises(LeadrelayError, match="log, partition 3"):
        Restored(Fold()).take(PLACE, [(key, value)])


def test_a_transaction_commits_the_position_of_every_input() -> None:
    taken = Lane(7, Fold(), {"a": 1, "b": 2}, lambda _lane: None).take()
    assert {(place.topic, place.partition): at for place, at in offsets_of([taken]).items()} == {
        ("a", 7): 1,
        ("b", 7): 2,
    }
