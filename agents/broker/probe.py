"""Finds free ports and asks a port whether a Kafka broker that takes work listens there."""

import secrets
import socket
import struct

# Below the range that systems draw outgoing ports from: a port that is free while its broker is down
# must not be taken by a client that tries to reach it.
PORTS = range(20_000, 32_000)
HOST = "127.0.0.1"
REPLY_BYTES_MAX = 1 << 20


def free_port() -> int:
    """Return a loopback port on which nothing listens.

    Raises:
        OSError: A thousand ports are taken.
    """
    for _ in range(1000):
        port = secrets.choice(PORTS)
        if not taken(port):
            return port
    message = f"no free port between {PORTS.start} and {PORTS.stop}"
    raise OSError(message)


def taken(port: int) -> bool:
    """Return whether a server could not listen on this loopback port now."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
            server.listen(1)
        except OSError:
            return True
    return False


def ready(port: int, timeout_s: float = 2.0) -> bool:
    """Return whether a broker answers a metadata request with at least one broker that takes work.

    A port that merely accepts connections is too early: the broker is fenced until its controller knows it.
    """
    try:
        with socket.create_connection((HOST, port), timeout_s) as connection, connection.makefile("rb") as reply:
            connection.sendall(_metadata_request())
            (size,) = struct.unpack(">i", reply.read(4))
            _, brokers = struct.unpack(">ii", reply.read(min(size, REPLY_BYTES_MAX))[:8])
    except (OSError, struct.error):
        return False
    return bool(brokers > 0)


def _metadata_request() -> bytes:
    # Metadata version 1 with an empty list of topics: key, version, correlation, client id, topics.
    name = b"leadrelay"
    body = struct.pack(f">hhih{len(name)}si", 3, 1, 1, len(name), name, 0)
    return struct.pack(">i", len(body)) + body
