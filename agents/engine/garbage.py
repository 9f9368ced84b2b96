"""Keeps garbage collections few and short: what lives as long as the process is not looked at again."""

import gc

YOUNG_MAX = 20_000
"""Objects that are new since the last look; a round of messages makes some thousands and drops them all by itself."""
OLDER_EVERY, OLDEST_EVERY = 20, 50


def settle() -> None:
    """Look through everything once, now, and then only at what is new. Call it when all that stays was loaded.

    Rows are bytes, which a collection does not look at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, OLDER_EVERY, OLDEST_EVERY)
