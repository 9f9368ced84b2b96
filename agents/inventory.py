"""Every metric of leadrelay in one literal table: what it is called, what it counts, and under which labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from schemas.bounds import Channel, End, Outcome, Stage
from schemas.topics import INPUTS
from streams.stage import LADDER

KNOWN: Mapping[str, tuple[str, ...]] = {
    "stage": get_args(Stage),
    "trigger": ("score", "grade", "conversion"),
    "channel": get_args(Channel),
    "outcome": get_args(Outcome),
    "topic": tuple(topic.name for topic in INPUTS),
    "end": get_args(End),
}
"""Label values known beforehand: they are shown as 0, so that the first event is an increase."""

ATTEMPTS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)
TRANSACTION_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
HANDOFF_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300)
RESTORE_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    Attributes:
        name: Without the `_total` that counters get.
        help: What one unit of it is, as a sentence.
        unit: What is counted or measured, for people.
        counts: The family of the lanes' committed counts that it shows, with `lane` before its labels; empty for
            metrics of the process.
        labels: Label names.
        zeros: Label values shown as 0 from the start; None: every combination of `KNOWN`.
        buckets: Upper bounds of a histogram.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    unit: str
    counts: str = ""
    labels: tuple[str, ...] = ()
    zeros: tuple[tuple[str, ...], ...] | None = None
    buckets: tuple[float, ...] = ()


INVENTORY = (
    Metric(
        name="leadrelay_stage_entered",
        kind="counter",
        counts="stage_entered",
        labels=("stage", "source"),
        unit="entries",
        help="Leads that entered a stage, by the source that brought them; every lead enters as a visitor.",
    ),
    Metric(
        name="leadrelay_conversions",
        kind="counter",
        counts="conversions",
        labels=("from_stage", "to_stage"),
        zeros=tuple(pairwise(LADDER)),
        unit="leads",
        help="Leads that reached a rung of the funnel for the first time, from the rung below it.",
    ),
    Metric(
        name="leadrelay_handoffs",
        kind="counter",
        counts="handoffs",
        labels=("trigger",),
        unit="handoffs",
        help="Leads handed to sales, by what triggered it.",
    ),
    Metric(
        name="leadrelay_grades",
        kind="counter",
        counts="grades",
        labels=("grade", "name"),
        zeros=(),
        unit="handoffs",
        help="Leads handed to sales, by their grade and what it is called; only if the agreement has a grid.",
    ),
    Metric(
        name="leadrelay_ratings",
        kind="counter",
        counts="ratings",
        labels=("name",),
        zeros=(),
        unit="handoffs",
        help="Leads handed to sales, by what their rating is called; only if the agreement names ratings.",
    ),
    Metric(
        name="leadrelay_returns",
        kind="counter",
        counts="returns",
        labels=("reason",),
        unit="returns",
        help="Leads that went back to marketing, by the agreement's reason.",
    ),
    Metric(
        name="leadrelay_attempts",
        kind="counter",
        counts="attempts",
        labels=("channel", "outcome"),
        unit="attempts",
        help="Attempts of sales to reach a lead.",
    ),
    Metric(
        name="leadrelay_attempts_to_answer",
        kind="histogram",
        counts="attempts_to_answer",
        buckets=ATTEMPTS,
        unit="attempts",
        help="Attempts that a pursuit took until its first answer, that one included.",
    ),
    Metric(
        name="leadrelay_attempts_to_yes",
        kind="histogram",
        counts="attempts_to_yes",
        buckets=ATTEMPTS,
        unit="attempts",
        help="Attempts of all pursuits of a lead until sales qualified it.",
    ),
    Metric(
        name="leadrelay_deadlines",
        kind="counter",
        counts="deadlines",
        labels=("outcome",),
        zeros=(("met",), ("missed",), ("withdrawn",)),
        unit="deadlines",
        help="Response deadlines that ended: met, missed, or withdrawn with their pursuit.",
    ),
    Metric(
        name="leadrelay_messages",
        kind="counter",
        counts="messages",
        labels=("topic", "end"),
        unit="messages",
        help="Messages read, by the one end that each of them has.",
    ),
    Metric(
        name="leadrelay_forwarded",
        kind="counter",
        counts="forwarded",
        labels=("topic",),
        unit="messages",
        help="Messages of another lane's leads, sent on to it: their producer has another partitioner.",
    ),
    Metric(
        name="leadrelay_handoffs_by_line",
        kind="counter",
        counts="handoffs_by_line",
        labels=("line",),
        unit="handoffs",
        help="Handoffs by a score that has a name in the agreement, as for a product line.",
    ),
    Metric(
        name="leadrelay_held",
        kind="counter",
        counts="held",
        labels=("topic",),
        unit="messages",
        help="Messages dated in the future, which wait until then: the clock of their producer is wrong.",
    ),
    Metric(
        name="leadrelay_redirected",
        kind="counter",
        counts="redirected",
        labels=("topic",),
        unit="messages",
        help="Messages of ids that stand for another lead, sent on to that one.",
    ),
    Metric(
        name="leadrelay_joined",
        kind="counter",
        counts="joined",
        labels=("why",),
        zeros=(("identified",), ("merged",)),
        unit="leads",
        help="Histories that became part of another lead's: a visitor told its name, or leads were merged.",
    ),
    Metric(
        name="leadrelay_leads",
        kind="gauge",
        counts="leads",
        labels=("stage",),
        unit="leads",
        help="Leads that are in a stage now.",
    ),
    Metric(
        name="leadrelay_lag_messages",
        kind="gauge",
        labels=("topic", "lane"),
        unit="messages",
        help="Messages that wait in an input topic.",
    ),
    Metric(
        name="leadrelay_lanes_owned",
        kind="gauge",
        unit="lanes",
        help="Lanes that the group has given to this worker.",
    ),
    Metric(
        name="leadrelay_lanes_open",
        kind="gauge",
        unit="lanes",
        help="Lanes of these that are restored and work.",
    ),
    Metric(
        name="leadrelay_broker_away_seconds",
        kind="gauge",
        unit="seconds",
        help="For how long the broker has not answered; 0 while it does.",
    ),
    Metric(
        name="leadrelay_commits",
        kind="counter",
        unit="transactions",
        help="Transactions committed.",
    ),
    Metric(
        name="leadrelay_commits_refused",
        kind="counter",
        labels=("reason",),
        zeros=(),
        unit="transactions",
        help="Transactions aborted because the group has given the lanes to another worker.",
    ),
    Metric(
        name="leadrelay_transaction_seconds",
        kind="histogram",
        buckets=TRANSACTION_SECONDS,
        unit="seconds",
        help="How long a transaction took from its begin to its commit.",
    ),
    Metric(
        name="leadrelay_event_to_handoff_seconds",
        kind="histogram",
        buckets=HANDOFF_SECONDS,
        unit="seconds",
        help="From the arrival in Kafka of the message that decided a handoff to the commit of that handoff.",
    ),
    Metric(
        name="leadrelay_restore_seconds",
        kind="histogram",
        buckets=RESTORE_SECONDS,
        unit="seconds",
        help="How long it took to open a lane, waiting for its former owner's transaction included.",
    ),
    Metric(
        name="leadrelay_transactions_fenced",
        kind="counter",
        unit="transactions",
        help="Open transactions of former owners that this worker ended to open a lane.",
    ),
    Metric(
        name="leadrelay_rereads",
        kind="counter",
        labels=("topic",),
        unit="reads",
        help="Reads repeated because their messages did not reach the lane.",
    ),
    Metric(
        name="leadrelay_messages_lost",
        kind="counter",
        labels=("topic",),
        unit="messages",
        help="Messages that Kafka had deleted before they were read.",
    ),
    Metric(
        name="leadrelay_reminders_posted",
        kind="counter",
        unit="messages",
        help="Reminders that the clock posted for deadlines that had come.",
    ),
    Metric(
        name="leadrelay_build_info",
        kind="gauge",
        labels=("version", "python"),
        zeros=(),
        unit="1",
        help="What runs here; always 1.",
    ),
)
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in INVENTORY}
