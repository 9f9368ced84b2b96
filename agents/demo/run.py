"""The demo from its first line to its last: broker, topics, worker, feed and board, and the proof at the end."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live

from agents import admin
from agents.agreement import load_terms
from agents.broker import EmbeddedBroker
from agents.data import campaign_lines
from agents.demo.board import Progress, Reading, board
from agents.demo.proof import Proof, prove
from agents.demo.worker import DemoWorker
from agents.errors import LeadrelayError
from agents.feeding import Fed, feed
from agents.reading import read_topic
from agents.settings import Settings
from schemas.topics import ACTIVITY, TOPICS, changelog
from streams import traffic
from streams.contacts import contacts

LOOK_S = 0.5
SAY_S = 5.0
"""Without a terminal, one line each so many seconds stands for the board."""
EVENTS_A_CONTACT = 12
"""About so many; the progress bar is told better when the feed is over."""
QUIET = 4
"""So many looks without a change, and the worker is done."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the demo shows: so many contacts of the campaign (None: all), traffic of this seed, at most so fast."""

    contacts: int | None = None
    seed: int = 7
    rate: float | None = None
    once: bool = False


class Demo:
    """One run."""

    def __init__(self, settings: Settings, wishes: Wishes, console: Console, tell: Callable[[Proof], None]) -> None:
        """Prepare; `tell` shows the proof."""
        self.settings, self.wishes, self.console, self._tell = settings, wishes, console, tell
        self.progress, self.fed = Progress(), Fed()

    async def run(self) -> Proof:
        """Show everything; without `once`, go on until Ctrl-C."""
        async with AsyncExitStack() as stack:
            brokers = await stack.enter_async_context(self._kafka())
            catalogue = (*TOPICS, changelog(self.settings.app_id))
            await _refuse_used(brokers)
            await admin.create(",".join(brokers), catalogue, self.settings.partitions)
            worker = DemoWorker(brokers, self.settings.app_id, self.settings.metrics_port)
            await stack.enter_async_context(worker)
            self.console.print(f"Starting the worker; its metrics are at {worker.url}")
            await worker.until_ready()
            proof = await self._show(worker, brokers)
            self._tell(proof)
            if not self.wishes.once:
                await self._linger(worker)
        return proof

    @asynccontextmanager
    async def _kafka(self) -> AsyncIterator[Sequence[str]]:
        """The cluster that is set, or a broker of our own."""
        if self.settings.broker:
            yield self.settings.broker
            return
        self.console.print("Starting a Kafka broker on this machine (set LEADRELAY_BROKER to use another one)")
        broker = EmbeddedBroker(tell=self.console.print)
        await asyncio.to_thread(broker.start)
        try:
            yield (broker.address,)
        finally:
            await asyncio.to_thread(broker.stop)

    async def _show(self, worker: DemoWorker, brokers: Sequence[str]) -> Proof:
        chosen = contacts(campaign_lines(), self.wishes.contacts)
        self.progress.total = len(chosen) * EVENTS_A_CONTACT
        self.progress.headline = f"{len(chosen):,} contacts of a real campaign and their visits"
        history = traffic.history(chosen, self.wishes.seed)
        feeding = asyncio.create_task(feed(history, brokers, rate=self.wishes.rate, fed=self.fed))
        with Shown(self.console) as show:
            await self._until_done(worker, feeding, show)
        await feeding
        self.console.print("Comparing everything in Kafka with the pure replay of the same input (this takes a while)")
        terms = load_terms(self.settings.agreement)
        return await prove(brokers, self.settings.app_id, self.settings.partitions, terms)

    async def _until_done(
        self, worker: DemoWorker, feeding: "asyncio.Task[Fed]", show: Callable[[Reading, Progress], None]
    ) -> None:
        """Show the board until all that was fed has met its end, and nothing moves any more."""
        quiet, before, then = 0, -1, time.monotonic()
        while quiet < QUIET:
            await asyncio.sleep(LOOK_S)
            reading, now = await worker.reading(), time.monotonic()
            if feeding.done():
                feeding.result()  # a failed feed fails the demo
                self.progress.total = self.fed.sent
            self.progress.fed = self.fed.sent
            self.progress.rate = max(0, reading.handled - before) / (now - then)
            show(reading, self.progress)
            done = feeding.done() and reading.handled >= self.fed.sent and reading.handled == before
            quiet, before, then = quiet + 1 if done else 0, reading.handled, now

    async def _linger(self, worker: DemoWorker) -> None:
        self.console.print(f"The worker goes on; look at {worker.url}. Ctrl-C ends the demo.")
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


class Shown:
    """The board on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._said = 0.0
        self._last: tuple[Reading, Progress] | None = None

    def __enter__(self) -> Callable[[Reading, Progress], None]:
        if self._live:
            self._live.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
        elif self._last:
            self._console.print(board(*self._last))

    def _show(self, reading: Reading, progress: Progress) -> None:
        self._last = (reading, progress)
        if self._live:
            self._live.update(board(reading, progress), refresh=True)
        elif time.monotonic() - self._said > SAY_S:
            self._said = time.monotonic()
            self._console.print(f"fed {progress.fed:,}, handled {reading.handled:,}, {progress.rate:,.0f}/s")


async def _refuse_used(brokers: Sequence[str]) -> None:
    """The demo's people must not get among real leads.

    Raises:
        LeadrelayError: The cluster has messages in the relay's input already.
    """
    async with admin.connected(",".join(brokers)) as client:
        present = ACTIVITY.name in await client.list_topics()
    if not present:
        return
    async with aclosing(read_topic(brokers, ACTIVITY.name)) as records:
        async for record in records:
            raise LeadrelayError(
                "the demo needs a Kafka without leads",
                f"{record.topic} on {','.join(brokers)} holds messages already",
                "Unset LEADRELAY_BROKER: then the demo starts a broker of its own.",
            )
