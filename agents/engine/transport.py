"""Faust's Kafka transport, with membership left to Faust and reading done by us."""

import asyncio
from typing import TYPE_CHECKING, Any

from aiokafka.errors import KafkaError
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from mode import Service

from agents.engine.batch import Round
from agents.engine.engine import Engine
from agents.engine.kafka import passing

if TYPE_CHECKING:
    from collections.abc import Awaitable

SCHEME = "lanes"
RETRY_S = 1.0
POLL_S = 5.0
STRIKES = 3


class LaneConsumer(driver.Consumer):
    """Keeps us in the group, and reads with the engine's own reader."""

    @property
    def engine(self) -> Engine:
        """The app's engine."""
        engine: Engine = self.app.engine
        return engine

    async def on_start(self) -> None:
        """Give the engine the means to ask for a rebalance."""
        await super().on_start()
        self.engine.patience.rejoin = self._rejoin

    def _rejoin(self) -> None:
        coordinator = self._thread._ensure_consumer()._coordinator  # noqa: SLF001
        self._thread.thread_loop.call_soon_threadsafe(coordinator.request_rejoin)

    @Service.task  # type: ignore[untyped-decorator] # Faust is untyped here
    async def _keep_membership(self) -> None:
        """Be seen to poll, and hear of errors: aiokafka's coordinator stands still until somebody asks for them."""
        strikes = 0
        while not self.should_stop:
            await self.sleep(POLL_S)
            try:
                polling = asyncio.run_coroutine_threadsafe(self._poll(), self._thread.thread_loop)
                await asyncio.wait_for(asyncio.wrap_future(polling), POLL_S)
                strikes = 0
            except TimeoutError:
                continue
            except KafkaError as error:  # asked for, it lets the coordinator try again
                strikes += not passing(error)
                if strikes == STRIKES:
                    self.engine.ending.fail(error)

    async def _poll(self) -> None:
        consumer = self._thread._consumer  # noqa: SLF001
        if consumer is None:
            return
        consumer._coordinator.check_errors()  # noqa: SLF001
        with consumer._subscription.fetch_context():  # noqa: SLF001
            await asyncio.sleep(0)

    def _new_offset(self, tp: Any) -> None:
        """Commit nothing: offsets are committed by transactions."""
        self._acked[tp].clear()
        self._acked_index[tp].clear()

    async def perform_seek(self) -> None:
        """Do nothing: positions are the lanes'."""

    def verify_event_path(self, _now: float, _tp: Any) -> None:
        """Do nothing: the group's consumer fetches nothing, so Faust would complain."""

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        """Give up the lanes before the group is rejoined."""
        await self.engine.revoke()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        """Pause the group's consumer: else it would fetch every record a second time."""
        consumer = self._thread._ensure_consumer()  # noqa: SLF001
        consumer.pause(*consumer.assignment())
        await super().on_partitions_assigned(assigned, generation_id)

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                if await self.wait_for_stopped(self.engine.lanes.present):
                    return
                if await self.wait_for_stopped(self.can_resume_flow):
                    return
                await self._read(fetcher)
        except asyncio.CancelledError:
            # Our own cancellation ends here: Fetcher._fetcher would answer it with self.supervisor.wakeup(), and its
            # supervisor is None.
            if not _cancelled():
                raise
        except Exception as error:  # noqa: BLE001 - Faust would go on without a reader
            self.engine.ending.fail(error)

    async def _read(self, fetcher: Any) -> None:
        try:
            await self.engine.reader.read(self._deliver, lambda: bool(self.should_stop or fetcher.should_stop))
        except KafkaError as error:
            if not passing(error):
                raise
            await asyncio.sleep(RETRY_S)
        except asyncio.CancelledError:
            if _cancelled():
                raise

    async def _deliver(self, round_: Round) -> None:
        """Give a round to the agent; while a rebalance has suspended the agents it is dropped, and read again.

        Faust takes it for a message of its first batch's partition.
        """
        first = round_.batches[0]
        place = TP(first.topic, first.lane.partition)
        message = ConsumerMessage(
            place.topic,
            place.partition,
            first.end - 1,
            first.records[-1].timestamp / 1000,
            0,
            (),
            None,
            round_,
            None,
            0,
            0,
            place,
            generation_id=self.app.consumer_generation_id,
        )
        delivered: Awaitable[None] = self.callback(message)
        if self.app.flow_control.is_active():
            await delivered  # it puts the round into a queue
        else:
            await self.wait_first(delivered, self.suspend_flow.wait())


def _cancelled() -> bool:
    """Whether it is this task that was cancelled, and not one that aiokafka awaits after cancelling it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Transport(driver.Transport):
    """The transport of broker addresses `lanes://host:port`."""

    Consumer = LaneConsumer


def register_transport() -> None:
    """Make Faust know the scheme."""
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:Transport"
