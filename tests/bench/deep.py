"""Tells which functions a process spends its CPU in, itself and with what they call."""

from collections import Counter
from types import FrameType
from typing import Any

from agents.bench.sampler import Sampler

MOST = 40
PLUMBING = ("asyncio.", "threading.", "selectors.", "runpy.", "__main__.", "mode.worker", "mode.loop")


class DeepSampler(Sampler):
    """The bench's sampler, which also notes functions."""

    def __init__(self) -> None:
        super().__init__()
        self._self: Counter[str] = Counter()
        self._under: Counter[str] = Counter()

    def start(self) -> None:
        """Begin, or begin anew."""
        self._self.clear()
        self._under.clear()
        super().start()

    def found(self) -> dict[str, Any]:
        """End; shares by part, by function, and by function with its callees."""
        parts = self.stop()
        total = max(1, self._self.total())
        return {
            "samples": total,
            "parts": {name: round(share, 3) for name, share in parts.items()},
            "self": {name: round(seen / total, 3) for name, seen in self._self.most_common(MOST)},
            "under": {name: round(seen / total, 3) for name, seen in self._under.most_common(MOST)},
        }

    def _look(self, number: int, frame: FrameType | None) -> None:
        super()._look(number, frame)
        names = []
        while frame is not None:
            names.append(f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}")
            frame = frame.f_back
        if names:
            self._self[names[0]] += 1
            self._under.update({name for name in names if not name.startswith(PLUMBING)})
