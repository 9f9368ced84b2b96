"""How a program of a bench answers its parent: lines of JSON on standard output."""

import json
import sys
from typing import Any


def say(found: dict[str, Any]) -> None:
    """Write one line, at once."""
    sys.stdout.write(f"{json.dumps(found)}\n")
    sys.stdout.flush()
