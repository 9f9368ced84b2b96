"""What accounts are called: one that is written in several ways has one group, and any name makes an id."""

import pytest

from schemas.bounds import ID_LENGTH_MAX
from schemas.groups import PREFIX
from tests.streams.given import ADA, agreed
from tests.streams.house import House
from tests.streams.test_groups import GROUPS, member
from tests.streams.test_named import SUITE

ONE = [
    "Caf\u00e9 Stra\u00dfe",
    " CAF\u00c9  STRASSE ",
    "cafe\u0301\u00a0strasse",
    "Caf\u00e9\tStra\u200b\u00dfe",
    "caf\u00e9 \x00 strasse",
]
ODD = ["\u200b", "\x00", " \u2028 ", "a/b", "group:", *(each * 128 for each in "\u0300\U0001f600\ufdfa\u0130")]


@pytest.mark.parametrize("told", ONE)
def test_an_account_has_one_group_however_it_is_written(told: str) -> None:
    lead = House(agreed(groups=GROUPS)).send(member(ADA, company=told)).lead(ADA)
    assert [*lead.groups] == [f"{PREFIX}caf\u00e9 strasse"]


@pytest.mark.parametrize("told", ODD)
def test_whatever_an_account_is_called_its_group_can_be_told(told: str) -> None:
    long = {"name": "s" * 40, "handoff": 30}
    house = House(agreed(groups={**GROUPS, "lines": ["s" * 40, "suite"]}, scores=[long, SUITE]))
    house.send(member(ADA, company=told)).settle()
    assert len(house.lead(ADA).groups) in {0, 2}
    for group in house.lead(ADA).groups:
        assert len(group) <= ID_LENGTH_MAX
        assert [entry[5] for entry in house.lead(group).interests] == [ADA]
