"""What was there when the worker started is not looked at again."""

import subprocess
import sys

PROBE = """
import gc
from agents.engine.garbage import YOUNG_MAX, settle
kept = [[n] for n in range(1000)]
settle()
assert gc.get_freeze_count() > len(kept)
assert gc.get_threshold()[0] == YOUNG_MAX
assert not any(each is kept for each in gc.get_objects())
"""


def test_what_is_there_is_frozen() -> None:
    subprocess.run([sys.executable, "-c", PROBE], check=True)
