"""What is kept of leads beside their rows changes nothing but the time that is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.row import Lead, pack
from streams.tally import Tally
from streams.warm import Warm
from tests.streams.histories import History, folded, histories, law


@law
@given(histories(), st.sets(st.integers(0, 60)), st.integers(0, 2), st.integers(1, 2))
def test_however_much_is_kept_a_lane_ends_the_same(
    history: History, harvests: set[int], leads: int, tallies: int
) -> None:
    whole = folded(*history)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streams.warm.LEADS_MAX", leads)
        patch.setattr("streams.warm.TALLIES_MAX", tallies)
        little = folded(*history, dict.fromkeys(harvests, False))
    assert little.rows == whole.rows
    assert little.outputs == whole.outputs
    assert little.table == whole.table


def kept(warm: Warm, *names: str) -> dict[str, Tally]:
    """Have these leads come one after the other, each with a tally of its own."""
    tallies = {name: Tally(book=None, at=0) for name in names}
    for name, tally in tallies.items():
        lead = Lead(name)
        lead.tally = tally
        warm.keep({name.encode(): lead})
    return tallies


def tally_of(warm: Warm, name: str) -> Tally | None:
    return warm.unpacked(name.encode(), pack(Lead(name))).tally


def test_of_a_lead_that_has_cooled_the_tally_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.warm.LEADS_MAX", 0)
    warm = Warm()
    tallies = kept(warm, "ada", "bob", "cy")
    assert warm.get(b"ada") is None
    assert tally_of(warm, "ada") is tallies["ada"]
    assert warm.get(b"bob") is not None, "still unpacked"
    again = Lead("ada")
    warm.keep({b"ada": again})
    kept(warm, "dee", "eve")
    assert tally_of(warm, "ada") is None, "it had none when it cooled again"


def test_twice_as_many_tallies_are_kept_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.warm.LEADS_MAX", 0)
    monkeypatch.setattr("streams.warm.TALLIES_MAX", 2)
    warm = Warm()
    tallies = kept(warm, "ada", "bob", "cy", "dee", "eve", "fay", "gus")
    assert [tally_of(warm, name) for name in ("ada", "bob")] == [None, None]
    assert all(tally_of(warm, name) is tallies[name] for name in ("cy", "dee", "eve"))
