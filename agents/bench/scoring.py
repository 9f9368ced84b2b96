"""Chooses what the compared systems do with an event: the agreement that leadrelay brings, or the toy."""

from typing import Protocol

from agents.agreement import load_terms
from agents.bench.plain import Decided, Plain
from agents.bench.stopwatch import Job
from agents.bench.toy import ToyPlain
from agents.settings import load
from streams.record import Record


class Scoring(Protocol):
    """Decides event by event, from row to row."""

    @property
    def handoffs(self) -> int:
        """Leads handed over so far."""

    def decide(self, record: Record, row: bytes | None) -> Decided | None:
        """What follows from this record for the lead of this row; None when nothing changes."""


def scoring(system: str, job: Job) -> Scoring:
    """What this system does with an event in this job."""
    return ToyPlain(system) if job.toy else Plain(system, load_terms(load().agreement))
