"""Knows whether the broker answers: waits for it before anything starts, and says when it goes away and comes back."""

import asyncio
import math

from aiokafka.errors import KafkaError

from agents.engine.kafka import Kafka
from agents.engine.moment import now
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

    def __init__(self, settings: EngineSettings, observer: Observer, kafka: Kafka) -> None:
        self.away_since: float | None = None
        self._away_at = -math.inf
        self._settings, self._observer, self._kafka = settings, observer, kafka
        self._partitions: dict[str, int] = {}
        self._said_at = 0.0

    async def connect(self) -> None:
        """Return once the broker answers, however long that takes, and all topics are there.

        Raises:
            LeadrelayError: Topics are missing, or have another number of partitions.
        """
        while not await self._answers():  # noqa: ASYNC110 - nothing tells us when a broker comes
            await asyncio.sleep(ASK_S)
        limit = now() + TOPICS_S
        while wrong := self._wrong_topics():
            if now() > limit:
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
        detail, asked = "no answer", now()
        try:
            async with asyncio.timeout(ANSWER_S):
                if await self._ask():
                    self._back()
                    return True
        except (KafkaError, OSError) as error:  # TimeoutError is an OSError
            detail = str(error) or detail
        if now() - asked < ANSWER_S + FROZEN_S:
            self._away(detail)
        return False

    async def _ask(self) -> bool:
        found = await self._kafka.partitions()
        self._partitions = self._partitions if found is None else found
        return found is not None

    def _away(self, detail: str) -> None:
        moment = self._away_at = now()
        if self.away_since is None:
            self.away_since = moment
        if moment - self._said_at >= SAY_S:
            self._said_at = moment
            self._observer.broker_away(moment - self.away_since, f"{', '.join(self._settings.brokers)}: {detail}")

    def _back(self) -> None:
        if self.away_since is not None:
            self._observer.broker_back(now() - self.away_since)
            self.away_since, self._said_at = None, 0.0

    def _wrong_topics(self) -> list[str]:
        """Say which topics are not as they must be."""
        wrong = []
        for topic in self._settings.topics:
            found = self._partitions.get(topic, 0)
            if found != self._settings.partitions:
                wrong.append(f"{topic} has {found} partitions" if found else f"{topic} is missing")
        return wrong


def _missing(wrong: list[str]) -> LeadrelayError:
    return LeadrelayError(
        "The topics are not there",
        "; ".join(wrong),
        "Run `leadrelay topics create`, or set the number of partitions to what the topics have",
    )
