"""The folder's README names every file, every event type and every reason, and nothing that is not there."""

import re
from pathlib import Path

import schemas
from schemas.codec import KINDS
from schemas.envelope import REASONS

FOLDER = Path(schemas.__file__).parent
TEXT = (FOLDER / "README.md").read_text("utf-8")
ROWS = [line.split("|")[1:-1] for line in TEXT.splitlines() if line.startswith("| `")]


def test_it_names_every_file() -> None:
    found = {path.name for path in FOLDER.iterdir() if path.is_file()} - {"README.md"}
    named = {name for row in ROWS for name in re.findall(r"`(\w+\.(?:py|toml|typed))`", row[0])}
    assert named == found


def test_it_names_every_type_of_every_topic() -> None:
    named = {
        (topic, family + name + ".v1")
        for row in ROWS
        for topic in re.findall(r"`(leads\.\w+\.v1)`", row[0])
        for family in re.findall(r"`(leadrelay\.\w+\.)`", row[1])
        for name in re.findall(r"`(\w+)`", row[1])
    }
    assert named == {(kind.topic, kind.type) for kind in KINDS}


def test_it_names_every_reason() -> None:
    rows = TEXT.split("### Refusals")[1].split("## For those")[0]
    assert set(re.findall(r"^\| `(\w+)`", rows, re.MULTILINE)) == REASONS.keys()
