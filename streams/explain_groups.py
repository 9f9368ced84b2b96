"""Says in plain sentences what named scores are for, and what a buying group is."""

from collections.abc import Iterator, Sequence

from schemas.groups import BuyingGroups, NamedScore, Role, Weight, percent
from streams.wording import Clause, Sentence, counted, number, plain, quoted, said


def scores(section: Sequence[NamedScore]) -> Iterator[Sentence]:
    """The scores beside that of all rules."""
    for each in section:
        frame = "rules of this score and rules of none add up to it; ceilings of groups and of interest cut these "
        frame += "alone, while all scores share a day; it hands a lead over from {} on"
        yield said(each.name, each.name, frame, counted(each.handoff, "point"))


def groups(section: BuyingGroups | None) -> Iterator[Sentence]:
    """Who belongs together, what each counts for, and when all are handed over."""
    if section is None:
        return
    yield said("account", "who", f"leads with the same {plain(section.account)} form a group")
    if section.lines:
        yield said("lines", "lines", "there is a group for each of {}", *section.lines)
    for role in section.roles:
        yield _role(role)
    yield said("others", "others", "who has none of these roles counts with {}", _weight(section.others))
    ceiling = counted(section.member_ceiling, "point")
    yield said(
        "member_ceiling", "ceiling", "of one member's interest at most {} count, before they are weighted", ceiling
    )
    if section.score is not None:
        points = counted(section.score, "point")
        yield said("score", "by score", "a group is handed over, with all its members, from {} on", points)
    if section.completeness is not None:
        frame = "a group is handed over, with all its members, when {} of the required roles are filled"
        yield said("completeness", "by roles", frame, f"{number(section.completeness)} %")


def _role(role: Role) -> Sentence:
    like = " like" if any("*" in word for word in role.one_of) else ""
    who = Clause("one_of", f"who has {plain(role.field)}{like} {{}}", quoted(role.one_of), "or")
    weight = Clause("weight", "counts with {}", (_weight(role.weight),))
    required = Clause("required", "a group needs one" if role.required else "a group may do without")
    return Sentence(f"roles.{role.name}", role.name, (who, weight, required))


def _weight(weight: Weight) -> str:
    share = f"{percent(weight)} % of the interest"
    return f"{share} ({weight})" if isinstance(weight, str) else share
