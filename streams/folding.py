"""Bytes as a letter carries them: compressed with zlib and written in base 64."""

import zlib
from base64 import b64decode, b64encode


def fold(data: bytes) -> str:
    """The text that stands for these bytes."""
    return b64encode(zlib.compress(data, 9)).decode()


def unfold(text: str, most: int) -> bytes:
    """The bytes of such a text.

    Raises:
        ValueError: It is none, or stands for more bytes than `most`.
    """
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(b64decode(text, validate=True), most)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not reader.eof:
        message = "cut off, or too long"
        raise ValueError(message)
    return data
