"""What an imagined marketing team offers, and how people come to it: the stage on which made-up traffic plays.

The shares are of the order that such teams report: most visits come directly or by search and end after a page or two,
half of the mail that is opened is not followed, and few visits lead to more than reading.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

PHASES = ("awareness", "consideration", "decision")
HOME = "https://www.example.com"


def _urn(**shares: int) -> tuple[str, ...]:
    """Each word as often as its share, to draw from."""
    return tuple(word for word, share in shares.items() for _ in range(share))


SOURCES = _urn(web=30, search=29, email=17, social=9, campaign=6, referral=4, event=2, partner=2, affiliate=1)
"""Where visits come from; `affiliate` is not one of the default agreement's sources."""

BLOG = (
    ("/", "Home"),
    ("/blog/how-interest-works", "How interest works"),
    ("/blog/saving-in-a-crisis", "Saving in a crisis"),
    ("/blog/five-questions-for-your-bank", "Five questions for your bank"),
    ("/blog/inflation-in-plain-words", "Inflation in plain words"),
    ("/about", "Who we are"),
)
PRODUCT = (
    ("/products/term-deposit", "Term deposit"),
    ("/products/savings-plan", "Savings plan"),
    ("/products/compare", "Compare our products"),
    ("/customers/a-family-business", "How a family business saves"),
)
PRICING = (("/pricing", "Rates and pricing"), ("/pricing/term-deposit", "Rates of the term deposit"))
PAGES = {
    "awareness": BLOG * 8 + PRODUCT * 3 + PRICING,
    "consideration": BLOG * 4 + PRODUCT * 4 + PRICING * 2,
    "decision": BLOG + PRODUCT * 3 + PRICING * 3,
}
"""Path and title of what is read in each phase, as often as it stands there."""


def _views(phase: str, source: str) -> tuple[dict[str, Any], ...]:
    return tuple({"source": source, "url": HOME + path, "title": title} for path, title in PAGES[phase])


VIEWS = {(phase, source): _views(phase, source) for phase in PHASES for source in {*SOURCES}}
"""The data of page views, ready to draw from; they are shared, so nobody may write into them."""

ASSETS = {
    "awareness": ("guide-to-saving", "checklist-household-budget"),
    "consideration": ("comparison-of-deposits", "paper-on-deposit-insurance"),
    "decision": ("calculator-of-returns", "contract-explained"),
}
WEBINARS = ("saving-in-uncertain-times", "deposits-explained", "ask-an-adviser")
PLANNER = "deposit-planner"
FEATURES = ("plan", "forecast", "export")
CONVERSIONS = _urn(demo=9, contact_request=6, consultation=3, assessment=2)

# what visitors tell who make themselves known; "" is not told
SENIORITIES = _urn(manager=2, senior=2, director=1, owner=1) + ("",) * 5
DEPARTMENTS = _urn(finance=2, management=1, operations=1, sales=1) + ("",) * 3
INDUSTRIES = _urn(services=2, manufacturing=1, retail=1, software=1) + ("",) * 2
MAILBOXES = ("gmail.com", "gmail.com", "outlook.com", "example.com", "example.net", "example.org")

DEEDS: Mapping[str, Mapping[str, float]] = {
    "awareness": {"downloaded": 0.05, "subscribed": 0.04, "registered": 0.015, "asked": 0.003},
    "consideration": {"downloaded": 0.10, "subscribed": 0.05, "registered": 0.04, "tried": 0.01, "asked": 0.01},
    "decision": {"downloaded": 0.10, "subscribed": 0.03, "registered": 0.04, "tried": 0.03, "asked": 0.04},
}
"""The share of visits that lead to more than reading, by phase and deed."""
LIMITS = {phase: tuple(zip(accumulate(deeds.values()), deeds, strict=True)) for phase, deeds in DEEDS.items()}


def deed(phase: str, draw: float) -> str:
    """What a visit of that phase leads to for a draw from 0 to 1; empty for most."""
    return next((name for limit, name in LIMITS[phase] if draw < limit), "")
