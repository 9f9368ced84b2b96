"""An event loop in virtual time whose processes can be frozen, thawed and killed at any moment."""

import asyncio
import contextlib
import contextvars
import heapq
import itertools
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

START_S = 1000.0
KEPT_TASKS = 500


class Process:
    """What runs in one context: frozen, its callbacks wait; dead, they are kept but never run.

    They are kept because a callback that is dropped takes its task with it, and a task that is dropped runs its
    `finally` blocks: a killed process does not.
    """

    __slots__ = ("context", "held", "name", "state")

    def __init__(self, name: str) -> None:
        self.name, self.state = name, "running"
        self.held: list[asyncio.Handle] = []
        self.context = contextvars.copy_context()
        self.context.run(CURRENT.set, self)

    @property
    def dead(self) -> bool:
        return self.state == "dead"


CURRENT: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)


class StuckError(Exception):
    """Nothing is left to run: everybody waits for something that will not come."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready in the order in which it became so, and jumps to the next timer when nothing is.

    Attributes:
        steps: Callbacks run so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = START_S
        self._tasks: list[asyncio.Task[Any]] = []
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._order = itertools.count()
        self.steps = 0
        self.ending: BaseException | None = None

    def time(self) -> float:
        return self._now

    def spend(self, seconds: float) -> None:
        """Let time pass now, as a callback that computes does."""
        self._now += seconds

    def end(self, error: BaseException) -> None:
        """Stop as soon as the running callback has returned."""
        self.ending = self.ending or error

    def freeze(self, process: Process) -> None:
        if process.state == "running":
            process.state = "frozen"

    def thaw(self, process: Process) -> None:
        if process.state == "frozen":
            process.state = "running"
            self._ready.extend(process.held)
            process.held = []

    def kill(self, process: Process) -> None:
        process.state = "dead"

    def create_task(self, coro: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
        task = super().create_task(coro, **more)
        if len(self._tasks) > KEPT_TASKS:
            self._tasks = [kept for kept in self._tasks if not kept.done()]
        self._tasks.append(task)
        return task

    def _run_once(self) -> None:
        if not self._ready:
            self._jump()
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled:
                continue
            process = handle._context.get(CURRENT)
            if process is not None and process.state != "running":
                process.held.append(handle)
                continue
            self.steps += 1
            handle._run()
            if self.ending is not None:
                raise self.ending

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, context: Any = None) -> Any:
        """As asyncio does it; timers of the same moment keep their order."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        return timer

    def _jump(self) -> None:
        """Go to the next timer, and make ready all that are due then."""
        timers, ready = self._timers, self._ready
        while timers:
            when, _, timer = heapq.heappop(timers)
            if timer._cancelled:
                continue
            self._now = now = max(self._now, when)
            ready.append(timer)
            while timers and timers[0][0] <= now:
                ready.append(heapq.heappop(timers)[2])
            return
        raise StuckError

    def _timer_handle_cancelled(self, _handle: asyncio.TimerHandle) -> None:
        """Leave it in the heap: it is dropped when its time has come."""

    def bury(self) -> None:
        """Close every coroutine that still waits, of the dead and of the living; nothing of it may be looked at."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of coroutines that had not begun
            for task in self._tasks:
                if not task.done():
                    task._log_destroy_pending = False
                    with contextlib.suppress(BaseException):
                        task.get_coro().close()
        self._tasks, self._timers = [], []
        self._ready.clear()
        self.close()
