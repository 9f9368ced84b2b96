"""A fetch session (KIP-227): the broker remembers what we read, so that we ask and it answers only what is new."""

from collections.abc import Mapping

from aiokafka import TopicPartition

from agents.engine.wire import Fetch, FetchAnswer

SESSION_ID_NOT_FOUND = 70
EPOCH_MAX = 2**31 - 1


class FetchSession:
    """What one broker remembers of us. Requests and answers must alternate."""

    def __init__(self) -> None:
        self._id, self._epoch, self._asked = 0, 0, 0
        self._known: dict[TopicPartition, int] = {}

    def ask(self, offsets: Mapping[TopicPartition, int], **limits: int) -> Fetch:
        """Ask for the records from these offsets on, and no others.

        If no answer comes, what the broker knows is not known: then the next one begins anew, and so ends this session.
        """
        if self._epoch == 0:
            self._known = {}
        news = {place: offset for place, offset in offsets.items() if self._known.get(place) != offset}
        forgotten = [place for place in self._known if place not in offsets]
        self._known, self._asked, self._epoch = dict(offsets), self._epoch, 0
        return Fetch((self._id, self._asked), news, forgotten, **limits)

    def heard(self, answer: FetchAnswer) -> bool:
        """Take the answer; false when the broker did not know the session, and said nothing else."""
        if answer.error:
            self._id = 0 if answer.error == SESSION_ID_NOT_FOUND else self._id
            return False
        if self._asked == 0:
            self._id = answer.session
        self._epoch = self._asked % EPOCH_MAX + 1 if self._id else 0  # a broker without room for sessions gives none
        return True
