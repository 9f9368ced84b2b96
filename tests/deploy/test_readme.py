"""The folder's README names every file and every setting, and nothing that is not there."""

import re

from agents.settings import Settings, variable
from tests.deploy.live import HOUSE

DEPLOY = HOUSE / "deploy"
README = (DEPLOY / "README.md").read_text("utf-8")


def test_every_file_is_named_and_no_other() -> None:
    present = {path.relative_to(DEPLOY).as_posix() for path in DEPLOY.rglob("*") if path.is_file()} - {"README.md"}
    files, _, _ = README.partition("## Settings")
    assert set(re.findall(r"^\| `([^`]+)` \|", files, re.MULTILINE)) == present


def test_every_setting_is_named_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(LEADRELAY_\w+)` \| ([^|]*?) ?\|", README, re.MULTILINE))
    assert set(rows) == {variable(name) for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default not in {None, ()}:
            assert rows[variable(name)] == str(field.default)
