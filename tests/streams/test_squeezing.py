"""An array comes back as it was, from few bytes; what is broken is told."""

from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.row import FORMAT
from streams.squeezing import DICTIONARY, squeeze, stretch

ARRAY = b'[[["visitor",1793610000000]],[],[["page read",1,1,1793610000000,"a3-71","https://example.com/blog"]]]'
HUGE = bytes([0xE0]) + (2**62).to_bytes(8, "little")
"""Says that it stands for so many bytes."""


@given(st.binary(max_size=2_000))
@example(ARRAY)
@example(ARRAY * 1_000)
@example(DICTIONARY)
def test_an_array_comes_back_as_it_was(array: bytes) -> None:
    assert stretch(squeeze(array)) == array


def test_what_all_rows_have_takes_few_bytes() -> None:
    assert len(squeeze(ARRAY)) < len(ARRAY) / 2


@pytest.mark.parametrize("broken", [b"", ARRAY, squeeze(ARRAY)[:-1], squeeze(ARRAY) + b"]", HUGE + squeeze(ARRAY)])
def test_what_is_broken_is_told(broken: bytes) -> None:
    with pytest.raises(ValueError, match="not squeezed by this program: "):
        stretch(broken)


def test_another_dictionary_is_another_format() -> None:
    """Raise the format when this fails."""
    assert (FORMAT, sha256(DICTIONARY).hexdigest()[:16]) == (8, "c255170770585e61")
