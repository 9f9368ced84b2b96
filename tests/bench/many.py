"""Makes up agreements of many rules: forty of all kinds, and copies of them about things that seldom happen."""

from typing import Any

from agents.agreement import load_agreement
from schemas.agreement import Agreement
from tests.kafka.harness import ROOT

FORTY = 40
SOFTWARE = ROOT / "deploy" / "agreements" / "software.toml"


def agreement_of(rules: int) -> Agreement:
    """An agreement of so many rules, a multiple of forty: the first forty of the software company's, and copies."""
    tree = load_agreement(SOFTWARE).model_dump(by_alias=True)
    fit, interest = tree["fit"], tree["interest"]
    interest["rules"] = interest["rules"][: FORTY - len(fit["rules"])]
    copies = range(1, rules // FORTY)
    fit["rules"] += [_fit(rule, copy) for copy in copies for rule in fit["rules"]]
    interest["rules"] += [_interest(rule, copy) for copy in copies for rule in interest["rules"]]
    for side in (fit, interest):
        side["groups"] |= {f"{group}-{copy}": most for copy in copies for group, most in side["groups"].items()}
    return Agreement.model_validate(tree)


def _copy(rule: dict[str, Any], copy: int) -> dict[str, Any]:
    group = rule["group"] and f"{rule['group']}-{copy}"
    return {**rule, "name": f"{rule['name']} {copy}", "group": group}


def _fit(rule: dict[str, Any], copy: int) -> dict[str, Any]:
    """A copy about another word, or about a size that no company has."""
    other = {"min": 10_000_000 + copy, "max": 20_000_000} if rule["field"] == "company_size" else {}
    words = [] if other else [f"other {copy}"]
    return {**_copy(rule, copy), "present": None, "one_of": words, **other}


FIELDS = {
    "page_viewed": "url",
    "email_opened": "email",
    "email_clicked": "email",
    "content_downloaded": "asset",
    "form_submitted": "form",
    "event_registered": "event",
    "event_attended": "event",
    "trial_started": "product",
    "product_used": "product",
}


def _interest(rule: dict[str, Any], copy: int) -> dict[str, Any]:
    """A copy about another page, e-mail, paper, event or product."""
    kind = rule["on"] if isinstance(rule["on"], str) else rule["on"][0]
    field = FIELDS.get(kind, "campaign")
    return {**_copy(rule, copy), "where": {**rule["where"], field: f"*/other-{copy}/*"}}
