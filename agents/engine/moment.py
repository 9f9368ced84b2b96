"""The engine's time is that of its event loop, so that a loop with a time of its own can run it."""

import asyncio
import time


def now() -> float:
    """Give monotonic seconds, as the running loop counts them; outside of a loop, as asyncio's own loops do."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return time.monotonic()
