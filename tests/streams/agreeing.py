"""Makes up agreements for the laws: a few that are telling, and any that the language allows, in several versions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from hypothesis import strategies as st

from schemas.mistakes import parse
from schemas.sense_interest import kinds_of
from streams.terms import Terms, compiled
from tests.streams.given import MONDAY, agreed, default

Tree = dict[str, Any]
START = datetime.fromtimestamp(MONDAY / 1000, UTC)
WHERE: Mapping[str, Sequence[Tree]] = {
    "page_viewed": [{"url": "*pricing*"}, {"url": {"not": ["*pricing*", "x"]}}, {"source": ["search", ""]}],
    "content_downloaded": [{"phase": "decision"}, {"phase": ["", "awareness"]}, {"asset": {"present": True}}],
    "form_submitted": [{"source": {"present": False}}],
    "email_opened": [{"email": "LETTER"}],
    "email_clicked": [{"link": ["/blog", "/*s"]}],
    "email_bounced": [{"kind": "hard"}],
    "event_attended": [{"kind": "webinar", "minutes": {"min": 30}}, {"minutes": {"max": 40}}],
    "trial_started": [{"product": "s*"}],
    "product_used": [{"times": 3}, {"times": {"min": 2, "max": 3}}],
    "conversion_made": [{"kind": "demo"}],
    "consent_changed": [{"marketing": True}],
    "any": [{"source": "search"}, {"campaign": {"present": False}}],
}
VALUES = {"page_viewed": "url", "content_downloaded": "asset", "email_opened": "email", "product_used": "product"}
"""Fields that an activity may count once for each value of."""
SEVERAL = (["page_viewed", "email_opened", "trial_started"], ["form_submitted", "consent_changed"])
POINTS = st.sampled_from([-1000, -7, -1, 1, 3, 5, 12, 1000])
CEILINGS = st.sampled_from([1, 4, 10, 25, 60, 1000])
GROUPS = ("", "small", "large")
RULE = ("name", "on", "where", "points", "ceiling", "group", "score", "from", "to")
"""The keys of a rule that adds up."""
DAYS = (["page_viewed"], ["page_viewed", "product_used"])
LINE = "ledger"
"""Its buying group of the country PT lives in the same lane as the leads of histories."""
LINES = ("", "", LINE, "suite")
SCORES = [{"name": name, "handoff": 10} for name in (LINE, "suite")]
SCORED = st.sampled_from([LINES, LINES, ("",)])
"""Of which scores by name rules may be; in some agreements of none."""
WINDOWS = ({}, {"within_days": 0.5}, {"within_days": 3}, {"within_days": 9})
DECAYS = ({"percent_a_month": 100}, {"percent_a_month": 400 / 7}, {"half_life_days": 2})
FADING = ({}, *({"decay": decay} for decay in DECAYS))
OCCURRENCES = ({"times": {"min": 2}}, {"times": {"min": 1, "max": 2}}, {"times": {"max": 0}}, {"times": {"max": 1}})
FIT: Sequence[Tree] = (
    {"field": "seniority", "one_of": ["vp", "MANAGER"]},
    {"field": "role", "one_of": ["stud*"]},
    {"field": "company_size", "min": 100, "max": 200},
    {"field": "company_size", "present": False},
    {"field": "email_domain", "present": True},
    {"field": "country", "one_of": ["pt"]},
)
EXCLUDED: Sequence[Tree] = (
    {"name": "staff", "field": "email_domain", "one_of": ["gmail.*"]},
    {"name": "students", "field": "role", "one_of": ["student"]},
    {"name": "managers", "field": "seniority", "one_of": ["manager", "vp"]},
)
ROLES: Sequence[Tree] = (
    {"name": "decides", "field": "seniority", "one_of": ["vp"], "weight": "vital", "required": True},
    {"name": "studies", "field": "role", "one_of": ["stud*"], "weight": 7, "required": True},
    {"name": "buys", "field": "email_domain", "one_of": ["*"]},
)
GRID = {"fit": {"A": 15, "B": 3, "C": -5}, "interest": {"1": 12, "2": 4, "3": 0}, "names": {"A1": "hot"}}
GRADES = (
    st.tuples(*[st.integers(0, 3)] * 3)
    .filter(any)
    .map(lambda best: [letter + digit for letter, most in zip("ABC", best, strict=True) for digit in "123"[:most]])
)

CROSSED = {"page_viewed": 7, "content_downloaded": 5}
CROSSING: Sequence[Tree] = (
    {"name": "read", "on": "page_viewed", "points": 3, "group": "knowledge"},
    {"name": "prices", "on": "page_viewed", "where": {"url": "*pricing*"}, "points": 5, "ceiling": 17},
    {"name": "content", "on": ["content_downloaded", "form_submitted"], "points": 4, "ceiling": 20},
    {"name": "mail", "on": "email_opened", "points": -2},
)
"""Rules across whose daily ceilings others cut."""
LINED: Sequence[Tree] = (
    {"name": "read", "on": "page_viewed", "points": 3, "group": "knowledge"},
    {"name": "prices", "on": "page_viewed", "where": {"url": "*pricing*"}, "points": 5, "score": "suite"},
    {"name": "content", "on": ["content_downloaded", "form_submitted"], "points": 4, "score": LINE},
    {"name": "trial", "on": "trial_started", "points": 6, "score": "suite", "ceiling": 10},
)
"""Rules of two scores by name."""


@cache
def telling() -> Sequence[Terms]:
    """A few agreements: the default, eager, narrow, taking off more than it gives, fleeting ones."""
    eager = {"handoff__score": 5, "handoff__fit_min": -100, "definitions__lead_score": 0, "return__again_points": 1}
    narrow = {
        "interest__ceiling": 12,
        "interest__groups": {"knowledge": 2, "consideration": 7, "urgency": 9},
        "fit__ceiling": 20,
        "fit__groups": {"role": 15, "company": 6},
        "handoff__conversions": ["demo"],
    }
    rules = [
        {"name": "read", "on": "page_viewed", "points": -3, "ceiling": 7},
        {"name": "pricing", "on": "page_viewed", "where": {"url": "*pricing*"}, "points": 9, "ceiling": 20},
        {"name": "content", "on": "content_downloaded", "points": 1000},
        {"name": "mail", "on": "email_opened", "points": -1000},
    ]
    fleeting = [
        {"name": "read", "on": "page_viewed", "points": 2, "at_most": 2, "per": "day", "group": "knowledge"},
        {"name": "pages", "on": "page_viewed", "points": 9, "times": {"min": 2}, "within_days": 3},
        {
            "name": "content",
            "on": "content_downloaded",
            "points": 8,
            "once_per": "asset",
            "decay": {"half_life_days": 2},
        },
        {"name": "mail", "on": "email_opened", "points": 6, "decay": {"percent_a_month": 100}, "group": "knowledge"},
        {"name": "silence", "on": "any", "points": -5, "times": {"max": 0}, "within_days": 2},
        {"name": "form", "on": ["form_submitted", "trial_started"], "points": 7, "ceiling": 20},
    ]
    returns = {**default()["return"]["reasons"], "cooled": "reconnect"}
    return (
        agreed(),
        agreed(**eager, pursuit__attempts_max=2, nurture__stages={"contact": "awareness", "customer": "reconnect"}),
        agreed(**narrow, handoff__score=15, pursuit__attempts_max=1, pursuit__response_hours=0.01),
        agreed(interest__rules=rules, handoff__score=9, duplicates__remember=2, hours__to="24:00"),
        agreed(interest__rules=[*CROSSING], interest__daily=CROSSED, handoff__score=9),
        agreed(interest__rules=[*LINED], interest__ceiling=15, interest__groups={"knowledge": 7}, scores=SCORES),
        agreed(interest__rules=fleeting, handoff__score=12, handoff__fit_min=-50, handoff__falls="tell"),
        agreed(
            interest__rules=fleeting,
            interest__ceiling=15,
            handoff__score=9,
            handoff__fit_min=-50,
            handoff__falls="recall",
            return__reasons=returns,
            return__again_points=3,
        ),
    )


@st.composite
def rules(draw: st.DrawFn, name: str, lines: Sequence[str] = LINES) -> Tree:
    """Any rule of interest."""
    kind = draw(st.sampled_from([*WHERE, *SEVERAL]))
    rule = {"name": name, "on": kind, "points": draw(POINTS), "group": draw(st.sampled_from(GROUPS))}
    rule["score"] = draw(st.sampled_from(lines))
    if isinstance(kind, str) and draw(st.booleans()):
        rule["where"] = draw(st.sampled_from(WHERE[kind]))
    if draw(st.booleans()):
        rule["ceiling"] = draw(CEILINGS)
    for end, day in (("from", st.integers(0, 7)), ("to", st.integers(8, 14))):
        if draw(st.integers(0, 9)) == 0:
            rule[end] = START + timedelta(days=draw(day))
    return rule | draw(timings(VALUES.get(str(kind), "source")))


@st.composite
def timings(draw: st.DrawFn, value: str) -> Tree:
    """What makes a rule depend on time, if anything."""
    most = {"at_most": draw(st.integers(1, 3))}
    limits = [{}, {"once": True}, {"once_per": value}, most | {"per_days": 1.5}, most | {"per_days": 4}]
    limits += [most | {"per": period} for period in ("hour", "day", "week", "month")]
    timing = {**draw(st.sampled_from(limits)), **draw(st.sampled_from(WINDOWS)), **draw(st.sampled_from(FADING))}
    if draw(st.integers(0, 2)) == 0:
        timing |= draw(st.sampled_from(OCCURRENCES))
        if timing["times"].get("min", 0) > 1:
            timing.pop("once", None)
        if "min" not in timing["times"]:
            timing.setdefault("within_days", 2)
    if draw(st.integers(0, 5)) == 0:
        timing["only"] = "returned"
    return timing


@st.composite
def interests(draw: st.DrawFn) -> Tree:
    """Any rules of interest; those of activities with daily ceilings add up."""
    names = [f"rule {number}" for number in range(draw(st.integers(1, 7)))]
    section: Tree = {"ceiling": draw(CEILINGS), "groups": {"small": 6, "large": draw(CEILINGS)}}
    days = {kind: draw(CEILINGS) for kind in ("page_viewed", "product_used")} if draw(st.integers(0, 2)) == 0 else {}
    lines = draw(SCORED)
    found = [draw(rules(name, lines)) for name in names]
    adds_up = [days and not days.keys().isdisjoint(kinds_of(rule["on"])) for rule in found]
    section["rules"] = [_adding(rule) if sums else rule for rule, sums in zip(found, adds_up, strict=True)]
    return section | {"daily": days}


def _adding(rule: Tree) -> Tree:
    """The rule without what makes it depend on time."""
    return {key: rule[key] for key in RULE if key in rule}


@st.composite
def crossings(draw: st.DrawFn) -> Tree:
    """Rules of a few activities with daily ceilings, which others mostly cut across."""
    section: Tree = {"ceiling": draw(st.sampled_from([60, 1000])), "groups": {"small": 6, "large": draw(CEILINGS)}}
    kinds = st.sampled_from(["page_viewed", "page_viewed", "product_used", ["page_viewed", "product_used"], "any"])
    lines = draw(SCORED)
    found = [draw(rules(f"rule {number}", lines)) for number in range(draw(st.integers(1, 5)))]
    points = st.sampled_from([-1, 1, 3, 5, 12])
    section["rules"] = [_adding(rule) | {"on": draw(kinds), "points": draw(points), "where": {}} for rule in found]
    for rule in section["rules"]:
        if rule["on"] == "page_viewed":
            rule["where"] = draw(st.sampled_from([{}, *WHERE["page_viewed"]]))
    mail = {"name": "mail", "on": "email_opened", "points": draw(POINTS), "group": draw(st.sampled_from(GROUPS))}
    mail["score"] = draw(st.sampled_from(lines))
    section["rules"].append(mail | draw(timings("email")))
    return section | {"daily": {kind: draw(st.sampled_from([4, 10, 25])) for kind in draw(st.sampled_from(DAYS))}}


@st.composite
def fits(draw: st.DrawFn) -> Tree:
    """Any rules of fit."""
    some = draw(st.lists(st.sampled_from(FIT), max_size=5))
    more = [
        {"points": draw(POINTS), "group": draw(st.sampled_from(GROUPS)), "score": draw(st.sampled_from(LINES))}
        for _ in some
    ]
    asked = [
        {"name": f"fit {number}", **asks, **gives} for number, (asks, gives) in enumerate(zip(some, more, strict=True))
    ]
    return {"ceiling": draw(CEILINGS), "groups": {"small": 6, "large": draw(CEILINGS)}, "rules": asked}


@st.composite
def groups(draw: st.DrawFn) -> Tree:
    """Any buying groups: one of a country, or one for each line."""
    return {
        "account": "country",
        "lines": draw(st.sampled_from([[], [LINE], [LINE, "suite"]])),
        "roles": [*ROLES],
        "others": draw(st.sampled_from(["minor", 0, 130])),
        "member_ceiling": draw(st.integers(1, 20)),
        "score": draw(st.integers(1, 15)),
        "completeness": draw(st.integers(1, 100)),
    }


@st.composite
def trees(draw: st.DrawFn, number: int = 1, day: float = -365) -> Tree:
    """Any agreement that begins so many days after MONDAY; nothing in it is out of reach."""
    tree = {key: value for key, value in orjson.loads(orjson.dumps(default())).items() if value}
    head = {"number": number, "effective_from": START + timedelta(days=day)}
    tree["agreement"] |= head | {"rescore": draw(st.sampled_from(["none", "fit", "all"]))}
    tree["definitions"]["lead_score"] = draw(st.integers(0, 30))
    tree["fit"], tree["interest"] = fit, interest = draw(fits()), draw(interests())
    some = draw(st.lists(st.sampled_from(EXCLUDED), max_size=2, unique_by=lambda each: each["name"]))
    tree["exclusions"] = [each | {"scored": draw(st.booleans())} for each in some]
    tree["handoff"] |= {
        "score": draw(st.integers(1, min(30, fit["ceiling"] + interest["ceiling"]))),
        "fit_min": draw(st.integers(-1000, min(20, fit["ceiling"]))),
        "interest_min": draw(st.integers(-10, min(10, interest["ceiling"]))),
        "once_in_days": draw(st.sampled_from([{}, {"points": 2}, {"conversion": 1.5, "points": 0.5}])),
        "falls": draw(st.sampled_from(["nothing", "tell", "recall"])),
    }
    if fit["ceiling"] >= GRID["fit"]["A"] and interest["ceiling"] >= GRID["interest"]["1"] and draw(st.booleans()):
        tree["grid"] = GRID | {"handoff": draw(GRADES)}
    most = min(20, fit["ceiling"] + interest["ceiling"])
    tree["scores"] = [{"name": name, "handoff": draw(st.integers(1, most))} for name in (LINE, "suite")]
    if draw(st.booleans()):
        tree["groups"] = draw(groups())
    if draw(st.booleans()):
        tree["rating"] = {"scale": draw(st.sampled_from(["linear", "square_root"])), "best": 40, "names": {"hot": 9}}
    tree["pursuit"]["attempts_max"] = draw(st.integers(1, 3))
    tree["return"] |= {
        "again_points": draw(st.integers(1, 9)),
        "interest": draw(st.sampled_from(["keep", "reset"])),
        "pause_days": draw(st.sampled_from([0, 0.5, 4])),
        "reasons": {**default()["return"]["reasons"], "cooled": "reconnect"},
    }
    return tree


def toml(tree: Mapping[str, Any]) -> str:
    """A tree as the text of a file."""
    return "".join(f"{key} = {_toml(value)}\n" for key, value in tree.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = (f"{_toml(key)} = {_toml(each)}" for key, each in value.items() if each is not None)
        return f"{{ {', '.join(inside)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return value.isoformat() if isinstance(value, datetime) else orjson.dumps(value).decode()


ANY = trees().map(lambda tree: compiled(parse(toml(tree))))
"""Any agreement."""
AGREEMENTS = st.deferred(lambda: st.sampled_from(telling())) | ANY
LATER = st.lists(st.integers(0, 13 * 4), max_size=2, unique=True).flatmap(
    lambda quarters: st.tuples(*(trees(2 + place, at / 4) for place, at in enumerate(sorted(quarters)))).map(
        lambda found: [toml(tree) for tree in found]
    )
)
"""The texts of later versions, each with its number and beginning."""
