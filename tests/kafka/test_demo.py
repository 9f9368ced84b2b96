"""The main job as a new user runs it: `leadrelay demo --once`, on a part of the campaign."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker

pytestmark = pytest.mark.kafka
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), "HOME": str(Path.home())}


def leadrelay(*words: str, folder: Path, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, with nothing of our environment but these variables."""
    return subprocess.run(
        [sys.executable, "-m", "agents", *words],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        input=given.decode(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_demo_ends_by_itself_and_proves_its_result(broker: EmbeddedBroker, tmp_path: Path) -> None:
    del broker  # it has made the class archive, so that the demo's own one starts quickly
    ran = leadrelay("demo", "--once", "--contacts", "300", folder=tmp_path, LEADRELAY_METRICS_PORT="0")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"Equal: [\d,]+ messages, [\d,]+ rows, [\d,]+ facts", ran.stdout)
    assert "went to sales" in ran.stdout
    assert "funnel" in ran.stdout
    assert not list(tmp_path.iterdir()), "it leaves nothing behind"


EVENT = b"""{"specversion":"1.0","id":"1","source":"site","type":"leadrelay.activity.page_viewed.v1","subject":"ada",\
"time":"2026-11-02T09:00:00Z","data":{"url":"/"}}
"""


def test_the_demo_keeps_away_from_real_leads(empty_broker: EmbeddedBroker, tmp_path: Path) -> None:
    where = {"folder": tmp_path, "LEADRELAY_BROKER": empty_broker.address}
    assert leadrelay("topics", "create", **where).returncode == 0
    assert leadrelay("feed", "-", given=EVENT, **where).returncode == 0
    ran = leadrelay("demo", "--once", **where)
    assert ran.returncode == 1
    assert "the demo needs a Kafka without leads" in ran.stderr
