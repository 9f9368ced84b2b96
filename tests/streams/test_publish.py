"""What we say of what we decided."""

import pytest

from schemas import topics
from schemas.codec import BY_CONTRACT
from schemas.notice import NoticeGiven
from streams.publish import published, said
from tests.streams.given import (
    HOT,
    MONDAY,
    accepted,
    agreed,
    attempt,
    attended,
    boss,
    content,
    demo,
    facts,
    given,
    lost,
    owner,
    page,
    profile,
    returned,
    type_of,
    won,
)

WHO = {
    "name": "Ada",
    "role": "",
    "seniority": "VP",
    "department": "",
    "company": "",
    "company_size": 200,
    "industry": "",
    "country": "PT",
    "email_domain": "",
    "account": "",
}
ENTRY = {"times": 1, "at": "2026-11-02T09:00:00.001Z", "cause": "a0-1"}
PACKET = {
    "lead": "ada",
    "handoff": 1,
    "trigger": "score",
    "conversion": "",
    "why": "Score 66 (fit 45 + interest 21); 60 are needed.",
    "who": WHO,
    "source": "search",
    "first_seen_at": "2026-11-02T09:00:00.000Z",
    "fit": 45,
    "interest": 21,
    "score": 66,
    "line": "",
    "scores": {},
    "grade": "",
    "grade_name": "",
    "rating": None,
    "rating_name": "",
    "entries": [
        {"side": "fit", "rule": "decision maker", "points": 25, "detail": "VP", **ENTRY},
        {"side": "fit", "rule": "company we can serve", "points": 15, "detail": "200", **ENTRY},
        {"side": "fit", "rule": "core market", "points": 5, "detail": "PT", **ENTRY},
        {
            "side": "interest",
            "rule": "page read",
            "points": 1,
            "times": 1,
            "at": "2026-11-02T09:00:00.000Z",
            "cause": "a0-0",
            "detail": "https://example.com/blog",
        },
        {
            "side": "interest",
            "rule": "content taken",
            "points": 8,
            "times": 1,
            "at": "2026-11-02T09:00:00.002Z",
            "cause": "a0-2",
            "detail": "checklist",
        },
        {
            "side": "interest",
            "rule": "event attended",
            "points": 12,
            "times": 1,
            "at": "2026-11-02T09:00:00.004Z",
            "cause": "a0-3",
            "detail": "webinar-1",
        },
    ],
    "activity": {"page_viewed": 1, "profile_given": 1, "content_downloaded": 1, "event_attended": 1},
    "recycled": 0,
    "recycle_reason": "",
    "owner": "kim",
    "respond_by": "2026-11-03T09:00:00.004Z",
    "attempts_max": 6,
    "agreement": 1,
}


def test_the_packet_tells_sales_who_why_and_every_point() -> None:
    story = given(
        page(MONDAY, source="search"),
        profile(MONDAY + 1, name="Ada", seniority="VP", company_size=200, country="PT"),
        content(MONDAY + 2, asset="checklist"),
        owner(MONDAY + 3, owner="kim"),
        attended(MONDAY + 4),
    )
    ((kind, packet), (left, _)) = story.said
    assert (kind, left) == ("handoff.requested", "nurture.left")
    assert packet == PACKET


def test_a_published_event_names_its_cause_and_counts_from_1() -> None:
    story = given(*HOT)
    headers = [dict(output.headers) for output in story.outputs if output.topic != topics.FACT.name]
    assert [each["ce_id"] for each in headers] == [b"a0-2-1", b"a0-2-2"]
    assert [each["ce_type"] for each in headers] == [b"leadrelay.handoff.requested.v1", b"leadrelay.nurture.left.v1"]
    assert {(each["ce_source"], each["ce_subject"], each["ce_time"]) for each in headers} == {
        (b"leadrelay", b"ada", b"2026-11-02T09:03:00.000Z")
    }


def test_an_event_goes_to_the_topic_of_its_contract_under_its_leads_key() -> None:
    notice = NoticeGiven(lead="ada", kind="converted", to="sales", owner="", text="x", agreement=1)
    output = said("a0-1-1", "ada", MONDAY, notice)
    assert (output.topic, output.key) == (topics.NOTICE.name, b"ada")
    assert type_of(output) == "notice.given"
    assert BY_CONTRACT[NoticeGiven].topic == output.topic


def test_a_return_says_why_who_and_how_often_it_was_tried() -> None:
    story = given(demo(), *[attempt() for _ in range(6)])
    assert story.said[0] == (
        "return.made",
        {"lead": "ada", "reason": "no_answer", "by": "agreement", "attempts": 6, "track": "reconnect", "agreement": 1},
    )


def test_a_notice_goes_to_who_owns_the_lead() -> None:
    story = given(accepted(by="kim"), demo())
    assert story.said == [
        (
            "notice.given",
            {
                "lead": "ada",
                "kind": "converted",
                "to": "sales",
                "owner": "kim",
                "text": "ada is with you already and asked for a demo.",
                "agreement": 1,
            },
        )
    ]


@pytest.mark.parametrize("maker", [page, boss, accepted, attempt, won])
def test_what_only_we_need_to_know_stays_private(maker: object) -> None:
    story = given(page(), terms=agreed(nurture__stages={}))
    story.when(maker())  # type: ignore[operator]
    assert story.said == []
    assert [published(story.lead, fact, agreed()) for fact in facts(story.outputs)] == [None] * len(
        facts(story.outputs)
    )


def test_a_loss_is_no_return() -> None:
    assert [kind for kind, _ in given(accepted(), lost()).said] == ["nurture.entered"]
    assert [kind for kind, _ in given(accepted(), returned()).said] == ["return.made", "nurture.entered"]
