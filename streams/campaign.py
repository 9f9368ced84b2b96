"""Turns the contacts of a real telephone campaign into profiles, attempts and outcomes: the real input of the demo.

A contact becomes, in this order:

- `profile_given`, when the campaign's list is drawn, four weeks before the first attempt: role, seniority, department
  by `PROFILES`, the country PT, and for those at work the industry `finance`, in which this campaign sells;
- `accepted`, minutes before the first attempt: the campaign is outbound, sales take these people on by themselves;
- `attempt_made` by phone, once for each attempt: the last was answered, those before it were not. The kind of line
  (cellular, telephone; unknown says nothing) is the attempt's reason;
- when the last call is over, `qualified` and `won` from those who bought, else `returned` as not interested.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from schemas.activity import ProfileGiven
from schemas.envelope import Envelope
from schemas.feedback import Accepted, AttemptMade, Qualified, Returned, Won
from streams.contacts import Contact
from streams.timeline import MINUTE_MS, Happening, in_order, numbered, type_of

SOURCE = "urn:uci:bank-marketing"
CAMPAIGN = "term deposit"
BY = "call centre"

# role, seniority and department by job
PROFILES = {
    "admin.": ("administrator", "", "administration"),
    "blue-collar": ("worker", "", "production"),
    "entrepreneur": ("entrepreneur", "owner", "management"),
    "housemaid": ("housemaid", "", ""),
    "management": ("manager", "manager", "management"),
    "retired": ("retired", "", ""),
    "self-employed": ("self-employed", "owner", ""),
    "services": ("service worker", "", "services"),
    "student": ("student", "", ""),
    "technician": ("technician", "", "engineering"),
    "unemployed": ("unemployed", "", ""),
    "unknown": ("", "", ""),
}
NOT_AT_WORK = {"retired", "student", "unemployed", "unknown"}
SENIOR = ("technician", "tertiary")
"""Job and education that make a senior: a technician with a degree."""
LINES = {"cellular": "cellular", "telephone": "telephone", "unknown": ""}

PROFILE_GIVEN, ACCEPTED, ATTEMPT_MADE = type_of(ProfileGiven), type_of(Accepted), type_of(AttemptMade)
QUALIFIED, WON, RETURNED = type_of(Qualified), type_of(Won), type_of(Returned)
SAID_BY = {"by": BY}


def events(contacts: Iterable[Contact]) -> Iterator[Envelope]:
    """The events of contacts that are in order of `drawn_at`, in order of time."""
    return in_order((contact.drawn_at, numbered(contact.id, "", SOURCE, _history(contact))) for contact in contacts)


def _history(contact: Contact) -> Iterator[Happening]:
    yield contact.drawn_at, PROFILE_GIVEN, _profile(contact.job, contact.education)
    yield contact.accepted_at, ACCEPTED, SAID_BY
    attempt = {"by": BY, "channel": "phone", "reason": LINES[contact.line]}
    for at in contact.attempts_at[:-1]:
        yield at, ATTEMPT_MADE, {**attempt, "outcome": "no_answer"}
    yield contact.attempts_at[-1], ATTEMPT_MADE, {**attempt, "outcome": "answered"}
    if contact.bought:
        yield contact.over_at, QUALIFIED, SAID_BY
        yield contact.over_at + MINUTE_MS, WON, SAID_BY
    else:
        yield contact.over_at, RETURNED, {"by": BY, "reason": "not_interested"}


def _profile(job: str, education: str) -> dict[str, Any]:
    role, seniority, department = PROFILES[job]
    told = {
        "source": "campaign",
        "campaign": CAMPAIGN,
        "role": role,
        "seniority": "senior" if (job, education) == SENIOR else seniority,
        "department": department,
        "industry": "" if job in NOT_AT_WORK else "finance",
        "country": "PT",
    }
    return {field: value for field, value in told.items() if value}
