"""Knows whether the broker answers: waits for it before anything starts, and says when it goes away and comes back."""

import asyncio
import math
import time

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from agents.engine.observer import Observer
from agents.engine.settings import EngineSettings
from agents.errors import LeadrelayError

ASK_S = 2.0
ANSWER_S = 3.0
FROZEN_S = 2.0
"""An answer that is later than its bound by so much says that we stood still, not the broker."""
SAY_S = 5.0
TOPICS_S = 4.0


class BrokerWatch:
    """Asks the broker for a sign of life every two seconds, on a connection of its own.

    Attributes:
        away_since: Monotonic seconds since when it has not answered, or None.
    """

    def __init__(self, settings: EngineSettings, observer: Observer) -> None:
        self.away_since: float | None = None
        self._away_at = -math.inf
        self._settings, self._observer = settings, observer
        self._client: AIOKafkaClient | None = None
        self._said_at = 0.0

    async def connect(self) -> None:
        """Return once the broker answers, however long that takes, and all topics are there.

        Raises:
            LeadrelayError: Topics are missing, or have another number of partitions.
        """
        while not await self._answers():  # noqa: ASYNC110 - nothing tells us when a broker comes
            await asyncio.sleep(ASK_S)
        limit = time.monotonic() + TOPICS_S
        while wrong := self._wrong_topics():
            if time.monotonic() > limit:
                raise _missing(wrong)
            await asyncio.sleep(ASK_S)
            await self._answers()

    async def run(self) -> None:
        """Go on asking until cancelled."""
        while True:
            await asyncio.sleep(ASK_S)
            await self._answers()

    def away_after(self, moment: float) -> bool:
        """Tell whether the broker did not answer at some time after this (monotonic seconds)."""
        return self._away_at >= moment

    async def _answers(self) -> bool:
        detail, asked = "no answer", time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_S):
                if await self._ask():
                    self._back()
                    return True
        except (KafkaError, OSError) as error:  # TimeoutError is an OSError
            detail = str(error) or detail
        if time.monotonic() - asked < ANSWER_S + FROZEN_S:
            self._away(detail)
        return False

    async def _ask(self) -> bool:
        if self._client is None:
            client = AIOKafkaClient(
                bootstrap_servers=list(self._settings.brokers), **self._settings.auth, retry_backoff_ms=1000
            )
            try:
                await client.bootstrap()
            except BaseException:
                await client.close()
                raise
            client.set_topics(self._settings.topics)
            self._client = client
        return bool(await self._client.force_metadata_update())

    def _away(self, detail: str) -> None:
        now = self._away_at = time.monotonic()
        if self.away_since is None:
            self.away_since = now
        if now - self._said_at >= SAY_S:
            self._said_at = now
            self._observer.broker_away(now - self.away_since, f"{', '.join(self._settings.brokers)}: {detail}")

    def _back(self) -> None:
        if self.away_since is not None:
            self._observer.broker_back(time.monotonic() - self.away_since)
            self.away_since, self._said_at = None, 0.0

    def _wrong_topics(self) -> list[str]:
        """Say which topics are not as they must be."""
        assert self._client is not None  # noqa: S101 - connect() has asked
        wrong = []
        for topic in self._settings.topics:
            found = len(self._client.cluster.partitions_for_topic(topic) or ())
            if found != self._settings.partitions:
                wrong.append(f"{topic} has {found} partitions" if found else f"{topic} is missing")
        return wrong


def _missing(wrong: list[str]) -> LeadrelayError:
    return LeadrelayError(
        "The topics are not there",
        "; ".join(wrong),
        "Run `leadrelay topics create`, or set the number of partitions to what the topics have",
    )
