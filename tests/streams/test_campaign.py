"""The campaign is told whole, in order, and as the file says it."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest

from agents.data import campaign_lines
from schemas.codec import BY_TYPE, decode
from schemas.envelope import Envelope, rfc3339, structured
from streams import campaign
from streams.contacts import Contact, attempts_to_yes, contacts

BUYER = Contact(
    id="bank-00007",
    job="management",
    education="tertiary",
    line="telephone",
    bought=True,
    accepted_at=3_000_000_000,
    attempts_at=(3_001_000_000,),
    over_at=3_002_000_000,
)


@pytest.fixture(scope="module")
def events() -> list[Envelope]:
    return list(campaign.events(contacts(campaign_lines())))


def told(contact: Contact) -> list[tuple[str, str, Any]]:
    """Id, name and data of each event."""
    return [(event.id, BY_TYPE[event.type].name, event.data) for event in campaign.events([contact])]


def test_who_bought_is_profiled_accepted_tried_qualified_and_won() -> None:
    contact = BUYER._replace(attempts_at=(3_001_000_000, 3_001_500_000))
    manager = {"role": "manager", "seniority": "manager", "department": "management"}
    attempt = {"by": "call centre", "channel": "phone", "reason": "telephone"}
    assert told(contact) == [
        (
            "bank-00007-1",
            "profile_given",
            {"source": "campaign", "campaign": "term deposit", **manager, "industry": "finance", "country": "PT"},
        ),
        ("bank-00007-2", "accepted", {"by": "call centre"}),
        ("bank-00007-3", "attempt_made", {**attempt, "outcome": "no_answer"}),
        ("bank-00007-4", "attempt_made", {**attempt, "outcome": "answered"}),
        ("bank-00007-5", "qualified", {"by": "call centre"}),
        ("bank-00007-6", "won", {"by": "call centre"}),
    ]


def test_who_did_not_buy_is_returned_as_not_interested() -> None:
    last = told(BUYER._replace(bought=False))[-1]
    assert last == ("bank-00007-4", "returned", {"by": "call centre", "reason": "not_interested"})


@pytest.mark.parametrize(
    ("job", "education", "profile"),
    [
        ("student", "secondary", {"role": "student"}),
        ("unknown", "unknown", {}),
        ("self-employed", "primary", {"role": "self-employed", "seniority": "owner", "industry": "finance"}),
        ("technician", "secondary", {"role": "technician", "department": "engineering", "industry": "finance"}),
        (
            "technician",
            "tertiary",
            {"role": "technician", "seniority": "senior", "department": "engineering", "industry": "finance"},
        ),
    ],
)
def test_a_profile_says_what_job_and_education_say(job: str, education: str, profile: dict[str, str]) -> None:
    (_, _, data), *_ = told(BUYER._replace(job=job, education=education))
    assert data == {"source": "campaign", "campaign": "term deposit", "country": "PT", **profile}


def test_an_unknown_line_is_no_reason() -> None:
    assert told(BUYER._replace(line="unknown"))[2][2]["reason"] == ""


def test_the_real_campaign_is_told_whole(events: list[Envelope]) -> None:
    assert Counter(BY_TYPE[event.type].name for event in events) == {
        "profile_given": 45_211,
        "accepted": 45_211,
        "attempt_made": 124_956,
        "qualified": 5_289,
        "won": 5_289,
        "returned": 45_211 - 5_289,
    }
    assert len({event.id for event in events}) == len(events)
    assert {event.source for event in events} == {"urn:uci:bank-marketing"}


def test_events_are_in_order_of_time_from_the_first_list_to_the_last_call(events: list[Envelope]) -> None:
    assert all(before.at <= after.at for before, after in pairwise(events))
    assert (rfc3339(events[0].at)[:10], rfc3339(events[-1].at)[:10]) == ("2008-03-31", "2010-11-17")


def test_each_lead_is_tried_before_its_outcome_and_answers_last(events: list[Envelope]) -> None:
    stories: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for event in events:
        stories[event.subject].append((BY_TYPE[event.type].name, event.data.get("outcome"), event.at))
    for story in stories.values():
        names, outcomes, instants = zip(*story, strict=True)
        assert all(before < after for before, after in pairwise(instants))
        end = 2 if names[-1] == "won" else 1
        assert names == ("profile_given", "accepted", *("attempt_made",) * (len(names) - 2 - end), *names[-end:])
        assert outcomes[2:-end] == (*("no_answer",) * (len(names) - 3 - end), "answered")


def test_the_attempts_to_yes_of_the_events_are_those_of_the_file(events: list[Envelope]) -> None:
    tried: Counter[str] = Counter()
    table: Counter[int] = Counter()
    for event in events:
        name = BY_TYPE[event.type].name
        tried[event.subject] += name == "attempt_made"
        table[tried[event.subject]] += name == "qualified"
    assert {attempts: times for attempts, times in sorted(table.items()) if times} == attempts_to_yes(campaign_lines())


def test_every_event_decodes() -> None:
    for event in campaign.events(contacts(campaign_lines(), 1_000)):
        message = decode(BY_TYPE[event.type].topic, event.subject.encode(), structured(event), ())
        assert (message.id, message.lead, message.at) == (event.id, event.subject, event.at)


def test_the_same_file_gives_the_same_events(events: list[Envelope]) -> None:
    few = contacts(campaign_lines(), 500)
    ids = {contact.id for contact in few}
    assert list(campaign.events(few)) == [event for event in events if event.subject in ids]
