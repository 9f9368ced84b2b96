"""Made-up traffic is believable, the same for the same seed, and in order of time."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest

from agents.data import campaign_lines
from schemas.codec import BY_TYPE, decode
from schemas.envelope import Envelope, structured
from streams import campaign, site, traffic
from streams.contacts import Contact, contacts
from streams.timeline import DAY_MS, HOUR_MS, weekday
from streams.traffic import Person

DRIFT_MS = 45 * DAY_MS
"""A visit may still have consequences so long after: a webinar, the use of a trial."""


@pytest.fixture(scope="module")
def chosen() -> list[Contact]:
    return contacts(campaign_lines(), 2_000)


@pytest.fixture(scope="module")
def people(chosen: list[Contact]) -> dict[str, Person]:
    return {person.id: person for person in traffic.people(chosen)}


@pytest.fixture(scope="module")
def events(people: dict[str, Person]) -> list[Envelope]:
    return list(traffic.events(people.values(), 1))


@pytest.fixture(scope="module")
def strangers(chosen: list[Contact]) -> list[Envelope]:
    return list(traffic.events(traffic.visitors(chosen, 0.5), 1))


def test_events_are_in_order_of_time(events: list[Envelope], strangers: list[Envelope]) -> None:
    for each in (events, strangers):
        assert all(before.at <= after.at for before, after in pairwise(each))


def test_every_event_decodes(events: list[Envelope], strangers: list[Envelope]) -> None:
    for event in events + strangers:
        message = decode(BY_TYPE[event.type].topic, event.subject.encode(), structured(event), ())
        assert (message.id, message.lead, message.at) == (event.id, event.subject, event.at)


def test_ids_are_unique_and_told_apart_from_the_campaign_s(events: list[Envelope]) -> None:
    assert len({event.id for event in events}) == len(events)
    assert all(event.id.startswith(f"{event.subject}-w") for event in events)


def test_the_same_seed_gives_the_same_history(people: dict[str, Person], events: list[Envelope]) -> None:
    assert list(traffic.events(people.values(), 1)) == events


def test_another_seed_gives_another_history(people: dict[str, Person], events: list[Envelope]) -> None:
    assert list(traffic.events(people.values(), 2)) != events


def test_nobody_s_history_depends_on_who_else_is_there(people: dict[str, Person], events: list[Envelope]) -> None:
    few = list(people.values())[::7]
    ids = {person.id for person in few}
    assert list(traffic.events(few, 1)) == [event for event in events if event.subject in ids]


def test_histories_are_made_only_when_they_are_asked_for(people: dict[str, Person]) -> None:
    asked: list[str] = []

    def everybody() -> Iterator[Person]:
        for person in people.values():
            asked.append(person.id)
            yield person

    assert len(list(islice(traffic.events(everybody(), 1), 50))) == 50
    assert len(asked) < len(people) / 4


def test_people_come_around_the_time_they_are_called(people: dict[str, Person], events: list[Envelope]) -> None:
    for event in events:
        person = people[event.subject]
        assert person.from_at - DAY_MS < event.at < person.to_at + DRIFT_MS


def test_many_come_in_the_day_before_the_call(people: dict[str, Person], events: list[Envelope]) -> None:
    before = [people[event.subject].called_at - event.at for event in events]
    assert sum(0 < ms < DAY_MS for ms in before) > 0.3 * len(events)
    assert sum(ms > 7 * DAY_MS for ms in before) > 0.1 * len(events)
    assert sum(ms < 0 for ms in before) > 0.1 * len(events)


def test_most_do_nothing_and_few_do_much(people: dict[str, Person], events: list[Envelope]) -> None:
    deeds = sorted(Counter(event.subject for event in events).values(), reverse=True)
    assert len(deeds) < 0.45 * len(people)
    assert sum(deeds[: len(people) // 50]) > 0.25 * len(events)


def test_more_intensity_makes_more_visits(people: dict[str, Person], events: list[Envelope]) -> None:
    assert len(list(traffic.events(people.values(), 1, 3.0))) > 2 * len(events)
    assert list(traffic.events(people.values(), 1, 0.0)) == []


def test_visits_are_by_day_and_fewer_at_the_weekend(events: list[Envelope]) -> None:
    night = [event for event in events if event.at % DAY_MS < 6 * HOUR_MS]
    weekend = [event for event in events if weekday(event.at // DAY_MS) > 4]
    assert len(night) < 0.03 * len(events)
    assert 0.02 * len(events) < len(weekend) < 0.2 * len(events)


def test_sources_come_in_their_shares(events: list[Envelope], strangers: list[Envelope]) -> None:
    views = Counter(event.data["source"] for event in events + strangers if event.type.endswith("page_viewed.v1"))
    assert set(views) == set(site.SOURCES)
    assert min(views, key=lambda source: views[source]) == "affiliate"
    assert {source for source, _ in views.most_common(2)} == {"web", "search"}


def test_every_visitor_comes_and_there_are_so_many_for_each_contact(
    chosen: list[Contact], strangers: list[Envelope]
) -> None:
    assert {event.subject for event in strangers} == {f"v-{number:06}" for number in range(1, 1_001)}
    assert len(list(traffic.visitors(chosen, 2.5))) == 5_000
    assert list(traffic.visitors(chosen, 0)) == []


def test_visitors_are_there_as_long_as_the_campaign_is(chosen: list[Contact], strangers: list[Envelope]) -> None:
    assert strangers[0].at < chosen[0].accepted_at
    assert strangers[-1].at > chosen[-1].accepted_at - 60 * DAY_MS


def test_the_whole_history_is_campaign_people_and_visitors_in_order(
    chosen: list[Contact], events: list[Envelope], strangers: list[Envelope]
) -> None:
    whole = list(traffic.history(chosen, 1))
    assert all(before.at <= after.at for before, after in pairwise(whole))
    assert sorted(whole, key=lambda event: event.id) == sorted(
        [*campaign.events(chosen), *events, *strangers], key=lambda event: event.id
    )
