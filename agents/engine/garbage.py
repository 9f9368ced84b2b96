"""Keeps garbage collections rare: what lives as long as the process, or as long as a lead is warm, is not looked at."""

import gc

YOUNG_MAX = 1_000_000
"""After so many more objects than there were at the last collection there is another.

Warm leads come and go by the thousand, and leave nothing that only a collection would find. Their number swings and
does not grow: what adds up to a million is garbage, or a worker that begins with a large backlog.
"""
OLDER_EVERY, OLDEST_EVERY = 1, 1


def settle() -> None:
    """Look through everything once, now, and then only at what is new. Call it when all that stays was loaded.

    Rows are bytes, which a collection does not look at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, OLDER_EVERY, OLDEST_EVERY)
