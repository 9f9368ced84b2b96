"""Says in a manager's words what changed between two agreements, by comparing what is said of them clause by clause."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.agreement import Agreement
from schemas.rules import FitRule, InterestRule
from streams.explain import explained
from streams.wording import Clause, Section, Sentence, listed, said

SHOWN_MAX = 6
"""So many words of a list are shown when it changed; of a longer one only what came and went."""
SEPARATORS = str.maketrans("", "", ",.")


def changes(old: Agreement, new: Agreement) -> list[Section]:
    """What the new agreement says that the old one did not, table by table; empty when nothing changed."""
    pairs = zip(explained(old), explained(new), strict=True)
    orders = {
        "fit": _order(old.fit.rules, new.fit.rules),
        "interest": _order(old.interest.rules, new.interest.rules),
    }
    found = [
        Section(after.key, after.title, (*_sentences(before, after), *orders.get(after.key, ())))
        for before, after in pairs
    ]
    left = [section for section in found if section.sentences]
    return [*left, _unnumbered(new)] if left and old.agreement.number == new.agreement.number else left


def _order(old: Sequence[FitRule | InterestRule], new: Sequence[FitRule | InterestRule]) -> Iterator[Sentence]:
    """Whether rules that stayed changed places; the earlier a rule stands, the more the ceilings leave for it."""
    before, after = [rule.name for rule in old], [rule.name for rule in new]
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield said(
            "order", "order", "the rules stand in another order, and a ceiling leaves points to the first ones first"
        )


def _unnumbered(new: Agreement) -> Section:
    frame = "is {} in both, but an agreement that changed needs a higher one"
    return Section("number", "Mind the number", (said("number", "number", frame, str(new.agreement.number)),))


def _sentences(old: Section, new: Section) -> Iterator[Sentence]:
    """What changed, came and went, in the order of the new agreement."""
    before, after = _by_key(old), _by_key(new)
    gone = {key: sentence for key, sentence in before.items() if key not in after}
    for key, sentence in after.items():
        if key in before:
            yield from _changed(before[key], sentence)
            continue
        same = next((each for each in gone.values() if _renamed(each, sentence)), None)
        if same is None:
            yield said(key, sentence.about, "new: {}", sentence.text)
        else:
            yield said(key, sentence.about, "a new name for {}", same.about)
            del gone[same.key]
    for key, sentence in gone.items():
        yield said(key, sentence.about, "gone; it was: {}", sentence.text)


def _renamed(old: Sentence, new: Sentence) -> bool:
    return old.key.startswith("rules.") and old.clauses == new.clauses


def _by_key(section: Section) -> Mapping[str, Sentence]:
    return {sentence.key: sentence for sentence in section.sentences}


def _changed(old: Sentence, new: Sentence) -> Iterator[Sentence]:
    before = {clause.key: clause for clause in old.clauses}
    after = {clause.key: clause for clause in new.clauses}
    words = [
        *(_clause(before.get(key), clause) for key, clause in after.items()),
        *(f"no longer: {clause.text}" for key, clause in before.items() if key not in after),
    ]
    told = tuple(Clause(str(place), "{}", (word,)) for place, word in enumerate(filter(None, words)))
    if told:
        yield Sentence(new.key, new.about, told)


def _clause(old: Clause | None, new: Clause) -> str:
    """The change of a clause; empty when it says the same."""
    if old is None:
        return f"now also: {new.text}"
    if old.frame != new.frame:
        return f"{new.text} (before: {old.text})"
    gone = [word for word in old.words if word not in new.words]
    come = [word for word in new.words if word not in old.words]
    if not gone and not come:
        return ""
    if len(old.words) == len(new.words) == 1:
        return f"{new.text} instead of {_short(old.words[0], new.words[0])}"
    moves = [f"{verb} {listed(words)}" for verb, words in (("new", come), ("gone", gone)) if words]
    shown = new if len(new.words) <= SHOWN_MAX else new._replace(words=("...",))
    return f"{shown.text} ({'; '.join(moves)})"


def _short(old: str, new: str) -> str:
    """The old words without the unit that the new ones have too: 10 of `10 points`."""
    first, _, unit = old.partition(" ")
    return first if unit and new.endswith(f" {unit}") and first.translate(SEPARATORS).isdigit() else old
