"""The KPIs of the whole campaign are those that its file gives directly."""

from agents.agreement import load_terms
from agents.data import campaign_lines
from schemas.envelope import structured
from streams.campaign import events
from streams.contacts import attempts_to_yes, contacts
from streams.kpis import kpis
from streams.replay import Replay


def test_the_attempts_to_a_yes_are_those_of_the_file() -> None:
    replay = Replay(load_terms())
    for _ in replay.feed(map(structured, events(contacts(campaign_lines())))):
        pass
    numbers = kpis(replay.counts())
    expected = attempts_to_yes(campaign_lines())
    assert numbers["attempts_to_yes"] == {str(attempts): yes for attempts, yes in sorted(expected.items())}
    assert sum(expected.values()) == 5289
