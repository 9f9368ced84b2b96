"""A rolling restart, and for how long no lane was served meanwhile."""

import asyncio
import time
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from tests.kafka.crew import Crew, Member
from tests.kafka.harness import read_all
from tests.kafka.storm_plan import Report, tell

BETWEEN_S = 2.0
POSITION = b"\x00position"
ENDS = {0, 3}
"""It is stopped, or has seen before that its name is taken."""


async def roll(crew: Crew, report: Report) -> None:
    """Replace one worker after the other by a new process of the same name; the next waits for its lanes."""
    for member in list(crew.members):
        await crew.until(lambda: member.open_lanes)  # noqa: B023  it is waited for here
    await asyncio.sleep(BETWEEN_S)
    began_ms = int(time.time() * 1000)
    for member in list(crew.members):
        await _replace(crew, member)
        await asyncio.sleep(BETWEEN_S)
    report.rolled += 1
    changelog = await read_all(crew.address, f"{crew.plan.app_id}-leads-changelog", crew.plan.lanes)
    report.longest_gap_s = max(report.longest_gap_s, longest_gap_s(changelog, began_ms))
    tell(f"rolled: no lane was without a commit for more than {report.longest_gap_s} s")


async def _replace(crew: Crew, member: Member) -> None:
    """Start the new one first: it takes the name and the lanes when it is ready, and the old one may go."""
    crew.members.remove(member)
    again = crew.start(member.name)
    await crew.until(lambda: again.open_lanes)
    code, _ = await asyncio.to_thread(member.terminate)
    assert code in ENDS, member.text()[-2000:]


def longest_gap_s(changelog: Iterable[Any], began_ms: int) -> float:
    """Seconds between two transactions that touched the same lane, since then."""
    lanes: dict[int, list[int]] = {}
    for record in changelog:
        if record.key == POSITION and record.timestamp > began_ms:
            lanes.setdefault(record.partition, []).append(record.timestamp)
    return max(later - earlier for times in lanes.values() for earlier, later in pairwise(times)) / 1000
