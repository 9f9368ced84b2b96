"""Which lane a lead lives in: Kafka's default partitioner, so that any producer that keeps the default agrees with us.

Source: Apache Kafka, `org.apache.kafka.common.utils.Utils.murmur2` (Austin Appleby's MurmurHash2, 32 bit, seed
0x9747b28c) and `BuiltInPartitioner.partitionForKey`: `(murmur2(key) & 0x7fffffff) % partitions`.
"""

SEED = 0x9747B28C
M = 0x5BD1E995
MASK = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """MurmurHash2 of the key, as an unsigned 32 bit number."""
    length = len(key)
    h = SEED ^ length
    whole = length & ~3
    for start in range(0, whole, 4):
        k = int.from_bytes(key[start : start + 4], "little") * M & MASK
        k = (k ^ k >> 24) * M & MASK
        h = (h * M & MASK) ^ k
    if length > whole:
        h = (h ^ int.from_bytes(key[whole:], "little")) * M & MASK
    h = (h ^ h >> 13) * M & MASK
    return h ^ h >> 15


def lane_of(key: bytes, lanes: int) -> int:
    """The lane of a key."""
    return (murmur2(key) & 0x7FFFFFFF) % lanes


def home_of(key: bytes | None, *, lanes: int) -> int:
    """The same of a record that may have no key: those live in the first lane."""
    return 0 if key is None else lane_of(key, lanes)
