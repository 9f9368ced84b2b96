"""The real worker with a failpoint: `FAILPOINT=folded:die:20 python -m tests.kafka.armed`.

When the point is reached for the 20th time the process stops (`stop`: SIGSTOP) or kills itself (`die`: SIGKILL), and
says so before as one JSON object on standard error. Nothing of the product reads that variable.
"""

import asyncio
import json
import os
import signal
import time
from typing import Any

from agents.settings import load
from agents.worker import make
from streams import relay

VARIABLE = "FAILPOINT"
POINTS = {
    "decoded": (10, 60),
    "folded": (10, 60),
    "acknowledged": (2, 8),
    "fenced": (2, 8),
    "committing": (2, 8),
    "committed": (2, 8),
    "restoring": (1, 30),
    "revoking": (1, 1),
}
"""The points, each with the range from which a storm draws at which time of them the process is hit.

`fenced` is after the offsets were sent and before the commit; `committing` is while the commit is on its way.
"""
SIGNALS = {"stop": signal.SIGSTOP, "die": signal.SIGKILL}
ON_ITS_WAY_S = 0.001


class Failpoint:
    """Counts how often its point is reached, and strikes once."""

    def __init__(self, text: str) -> None:
        self.point, self.act, at = text.split(":")
        self.left = int(at)

    def reach(self, point: str) -> None:
        """Hear that a point is reached."""
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            self._say("failpoint")
            os.kill(os.getpid(), SIGNALS[self.act])
            self._say("continued")

    async def hook(self, point: str, number: int) -> None:
        """Hear it from the engine; number: of records, or of lanes."""
        if point == "fenced":
            asyncio.get_running_loop().call_later(ON_ITS_WAY_S, self.reach, "committing")
        if number:
            self.reach(point)

    def after(self, owner: Any, name: str, point: str) -> None:
        """Hear it after each call of this function."""
        original = getattr(owner, name)

        def reached(*arguments: Any, **options: Any) -> Any:
            result = original(*arguments, **options)
            self.reach(point)
            return result

        setattr(owner, name, reached)

    def _say(self, event: str) -> None:
        said = {"event": event, "point": self.point, "act": self.act, "at": time.time()}
        os.write(2, b"\n%b\n" % json.dumps(said).encode())  # whole, whatever other threads write


def main() -> None:
    """The worker as `leadrelay worker` starts it, armed."""
    failpoint = Failpoint(os.environ[VARIABLE])
    failpoint.after(relay, "decode", "decoded")
    failpoint.after(relay.Relay, "take", "folded")
    failpoint.after(relay.Relay, "restore", "restoring")
    app = make(load())
    app.engine.writer.hook = failpoint.hook
    app.finalize()
    app.conf.Worker(app, loglevel="INFO", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
