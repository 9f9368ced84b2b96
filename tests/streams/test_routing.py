"""A lead's lane is the partition in which any Kafka producer puts it."""

from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from hypothesis import example, given
from hypothesis import strategies as st

from streams.routing import home_of, lane_of, murmur2


@given(st.binary(min_size=1, max_size=128), st.integers(1, 64))
@example(b"a", 12)
@example(b"ab", 12)
@example(b"abc", 12)
@example(b"abcd", 12)
@example("größe".encode(), 12)
def test_a_lane_is_the_partition_of_aiokafkas_partitioner(key: bytes, lanes: int) -> None:
    partitions = list(range(lanes))
    assert murmur2(key) == aiokafka_murmur2(key)
    assert lane_of(key, lanes) == DefaultPartitioner()(key, partitions, partitions)


def test_the_hash_is_javas() -> None:
    """Source: Apache Kafka, `UtilsTest.testMurmur2`, the expected values as unsigned numbers."""
    assert murmur2(b"21") == -973932308 & 0xFFFFFFFF
    assert murmur2(b"foobar") == -790332482 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-long-string") == -985981536 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-longer-string") == -1486304829 & 0xFFFFFFFF
    assert murmur2(b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") == -58897971 & 0xFFFFFFFF
    assert murmur2(b"abc") == 479470107


def test_who_has_no_key_lives_in_the_first_lane() -> None:
    assert home_of(None, lanes=12) == 0
    assert home_of(b"ada", lanes=12) == lane_of(b"ada", 12)
