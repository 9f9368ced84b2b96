"""What a person is told is what was decided, in the same words, and there is an example of each kind."""

from typing import get_args, get_type_hints

from schemas.fact import Noticed
from schemas.notice import NoticeGiven
from tests.schemas.made import EXAMPLES


def test_the_event_has_the_kinds_and_the_sides_of_the_fact() -> None:
    for name in ("kind", "to"):
        assert get_type_hints(NoticeGiven)[name] == get_type_hints(Noticed)[name]


def test_each_kind_has_an_example() -> None:
    shown = {event["data"]["kind"] for name, event in EXAMPLES.items() if name.startswith("notice.")}
    assert shown == set(get_args(get_type_hints(NoticeGiven)["kind"]))
