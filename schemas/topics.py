"""The topic catalogue: one row a topic, with its key, shape, owner, readers and writers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY_MS = 86_400_000
PARTITIONS = 12
"""Lanes: every topic has the same number of partitions, because partition p of all of them is one lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic.

    Attributes:
        letter: Stands for the topic in causes and ids; empty for topics that cause nothing.
        purpose: What is in it, for people.
        config: Kafka topic configuration by its own names.
    """

    name: str
    letter: str = ""
    key: str = "lead id"
    purpose: str
    owner: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    config: Mapping[str, str] = field(default_factory=dict)
    partitions: int | None = None
    """None: the number of lanes."""


def kept(days: int) -> Mapping[str, str]:
    """Configuration of a topic kept for so many days from arrival: an event may be years older than its arrival."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(days * DAY_MS),
        "message.timestamp.type": "LogAppendTime",
    }


ACTIVITY = Topic(
    name="leads.activity.v1",
    letter="a",
    purpose="What leads did, as CloudEvents.",
    owner="marketing",
    writers=("your site, mail and event tools",),
    readers=("worker",),
    config=kept(90),
)
FEEDBACK = Topic(
    name="leads.feedback.v1",
    letter="f",
    purpose="What sales did with leads, as CloudEvents.",
    owner="sales",
    writers=("your CRM and dialler",),
    readers=("worker",),
    config=kept(90),
)
LETTER = Topic(
    name="leads.letter.v1",
    letter="l",
    purpose="What lanes write to lanes: deadlines, new versions, messages sent on, histories, members of groups.",
    owner="leadrelay",
    writers=("worker",),
    readers=("worker",),
    config=kept(90),
)
HANDOFF = Topic(
    name="leads.handoff.v1",
    purpose="Leads and buying groups for sales, each with its packet.",
    owner="leadrelay",
    writers=("worker",),
    readers=("CRM", "dialler", "chat"),
    config=kept(90),
)
RETURN = Topic(
    name="leads.return.v1",
    purpose="Leads that go back to marketing, with the reason and the track.",
    owner="leadrelay",
    writers=("worker",),
    readers=("marketing automation",),
    config=kept(90),
)
NURTURE = Topic(
    name="leads.nurture.v1",
    purpose="Leads that enter or leave a nurture track.",
    owner="leadrelay",
    writers=("worker",),
    readers=("marketing automation",),
    config=kept(90),
)
NOTICE = Topic(
    name="leads.notice.v1",
    purpose="What a person must be told.",
    owner="leadrelay",
    writers=("worker",),
    readers=("chat", "mail"),
    config=kept(30),
)
FACT = Topic(
    name="leads.fact.v1",
    purpose="The journal: every decision with its cause, private to leadrelay.",
    owner="leadrelay",
    writers=("worker",),
    readers=("verify", "lead"),
    config=kept(365),
)
DEADLETTER = Topic(
    name="leads.deadletter.v1",
    key="the refused message's own key",
    purpose="Refused messages, unchanged, with the reason in Kafka Connect's error headers.",
    owner="leadrelay",
    writers=("worker",),
    readers=("deadletter list", "deadletter replay"),
    # a refused message may be as large as the broker let it be, and gets headers on top
    config={**kept(90), "max.message.bytes": "2097152"},
)
AGREEMENT = Topic(
    name="leads.agreement.v1",
    key="agreement number",
    purpose="Published versions of the agreement.",
    owner="leadrelay",
    writers=("agreement publish",),
    readers=("worker",),
    config={"cleanup.policy": "compact"},
    partitions=1,
)

INPUTS = (ACTIVITY, FEEDBACK, LETTER)
OUTPUTS = (HANDOFF, RETURN, NURTURE, NOTICE)
TOPICS = (*INPUTS, *OUTPUTS, FACT, DEADLETTER, AGREEMENT)
LETTERS: Mapping[str, str] = {topic.name: topic.letter for topic in INPUTS}


COMPACTED: Mapping[str, str] = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.25",
    "segment.bytes": str(8 * 1024 * 1024),
    "segment.ms": str(3_600_000),
    "delete.retention.ms": str(600_000),
}
"""So a restart reads less than twice the live rows, or a few segments: with Kafka's own settings the last GB of each
lane is not compacted at all. The last setting is how long each transaction's marker stays; a restore takes less."""


def changelog(app_id: str) -> Topic:
    """The changelog of the lead table: the rows, compacted."""
    return Topic(
        name=f"{app_id}-leads-changelog",
        purpose="One row a lead, the lane's position and its counters.",
        owner="leadrelay",
        writers=("worker",),
        readers=("worker", "lead"),
        config=COMPACTED,
    )
