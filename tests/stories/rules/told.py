"""Tells the stories of the rules: `python -m tests.stories.rules.told` writes anew what is expected of each.

With the name of a story it prints its whole agreement, as `leadrelay agreement explain` and `leadrelay replay` read it.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import orjson

from schemas import topics
from schemas.envelope import Envelope, structured
from schemas.mistakes import parse
from streams.handoff import grade, ledger
from streams.named import scores
from streams.replay import Replay
from streams.row import Lead
from streams.terms import Terms, compiled
from streams.versions import folded
from tests.streams.agreeing import toml
from tests.streams.given import OF

HERE = Path(__file__).parent
STORIES = sorted(path.stem for path in HERE.glob("*.jsonl") if ".expected" not in path.name)
LATER = "2"
"""`NAME.2.toml` is the version of a story that is published before it begins."""


def agreement(name: str) -> str:
    """The agreement of a story: the common one, with what the story's own file says in its place."""
    own = HERE / f"{name}.toml"
    tree = tomllib.loads((HERE / "agreement.toml").read_text())
    if name.endswith(f".{LATER}"):
        tree = tomllib.loads(agreement(name.removesuffix(f".{LATER}")))
    for table, theirs in tomllib.loads(own.read_text()).items():
        tree[table] = {**tree.get(table, {}), **theirs} if isinstance(theirs, dict) else theirs
    return toml(tree)


def told(name: str) -> list[bytes]:
    """What a story comes to: the journal line by line, then each lead at the end."""
    replay = Replay(compiled(parse(agreement(name))), lanes=1)
    outputs = replay.feed([*_published(name), *(HERE / f"{name}.jsonl").read_bytes().splitlines()], reminding=True)
    journal = [output.value or b"" for output in outputs if output.topic == topics.FACT.name]
    terms = replay.relays[0].versions.latest(replay.terms)
    return [*journal, *(_end(lead, terms) for lead in replay.leads())]


def _published(name: str) -> Iterator[bytes]:
    later = f"{name}.{LATER}"
    if (HERE / f"{later}.toml").exists():
        document, kind = agreement(later), OF["agreement_published"]
        letter = {"number": int(LATER), "document": folded(document), "by": "maria"}
        at = compiled(parse(document)).effective_at - 60_000
        yield structured(Envelope(later, "urn:example", kind.type, "agreement", at, orjson.dumps(letter)))


def _end(lead: Lead, terms: Terms) -> bytes:
    found = {"lead": lead.id, "stage": lead.stage, "fit": lead.fit, "interest": lead.interest}
    if terms.grid:
        found["grade"] = grade(lead, terms)
    if terms.rating:
        rating = terms.rating.of(lead.score)
        found["rating"] = f"{rating} {terms.rating.name(rating)}"
    if terms.named:
        found["scores"] = scores(lead, terms)
    points = [f"{each.rule}: {each.points}" for each in ledger(lead, terms)]
    return orjson.dumps({"at_the_end": {**found, "points": points}})


def main() -> None:
    """Print an agreement, or write what is expected."""
    if len(sys.argv) > 1:
        sys.stdout.write(agreement(sys.argv[1]))
        return
    for name in STORIES:
        (HERE / f"{name}.expected.jsonl").write_bytes(b"".join(line + b"\n" for line in told(name)))


if __name__ == "__main__":
    main()
