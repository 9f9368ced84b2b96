"""The services of docker-compose.yml: accepted by docker-compose, reachable from this machine only, and consistent."""

import re
import shutil
import subprocess
import sys

import pytest

from agents.settings import PREFIX, Settings, variable
from tests.deploy.live import HOUSE

COMPOSE = (HOUSE / "docker-compose.yml").read_text("utf-8")
DOCKERFILE = (HOUSE / "deploy" / "Dockerfile").read_text("utf-8")
METRICS_PORT = str(Settings.model_fields["metrics_port"].default)


def compose() -> list[str]:
    """The command of whichever Compose is installed; without one the test is skipped."""
    for command in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(command[0]):
            found = subprocess.run([*command, "version"], capture_output=True, check=False, timeout=60)
            if found.returncode == 0:
                return command
    pytest.skip("Compose is not installed (Debian: apt install docker-compose)")


def test_compose_accepts_the_file() -> None:
    done = subprocess.run(
        [*compose(), "--file", "docker-compose.yml", "config"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr.lower()
    services = re.search(r"^services:\n(.*?)^\S", done.stdout + "\nend", re.MULTILINE | re.DOTALL)
    assert services
    named = re.findall(r"^  (\w+):$", services[1], re.MULTILINE)
    assert sorted(named) == ["grafana", "kafka", "prometheus", "topics", "worker"]


def items(key: str) -> list[str]:
    """The items of every list under this key."""
    found = re.findall(rf"^    {key}:\n((?:      - .*\n)+)", COMPOSE, re.MULTILINE)
    return [line.strip().removeprefix("- ").split(" #")[0] for block in found for line in block.splitlines()]


def test_published_ports_are_bound_to_loopback() -> None:
    published = items("ports")
    assert [port.split(":")[-1] for port in published] == ["9092", "9090", "3000"]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_what_is_mounted_is_there_and_cannot_be_changed() -> None:
    mounts = [mount.split(":") for mount in items("volumes")]
    ours = {source: (target, *mode) for source, target, *mode in mounts if source.startswith("./")}
    assert ours == {
        "./deploy/prometheus": ("/etc/prometheus", "ro"),
        "./deploy/grafana/provisioning": ("/etc/grafana/provisioning", "ro"),
        "./deploy/grafana/dashboards": ("/etc/grafana/dashboards", "ro"),
    }
    assert all((HOUSE / source).is_dir() for source in ours)
    kept = {source for source, *_ in mounts if not source.startswith("./")}
    assert kept == {"kafka", "prometheus", "grafana"}
    assert kept == set(re.findall(r"^  (\w+):$", COMPOSE.partition("\nvolumes:")[2], re.MULTILINE))


def test_the_dashboard_is_where_grafana_looks() -> None:
    provider = (HOUSE / "deploy/grafana/provisioning/dashboards/leadrelay.yml").read_text("utf-8")
    assert re.findall(r"path: (\S+)", provider) == ["/etc/grafana/dashboards"]
    assert re.findall(r"HOME_DASHBOARD_PATH: (\S+)", COMPOSE) == ["/etc/grafana/dashboards/leadrelay.json"]
    assert (HOUSE / "deploy/grafana/dashboards/leadrelay.json").is_file()


def test_prometheus_asks_the_workers_where_they_listen() -> None:
    config = (HOUSE / "deploy" / "prometheus" / "prometheus.yml").read_text("utf-8")
    assert re.findall(r"port: (\d+)", config) == [METRICS_PORT]
    assert re.findall(r"names: \[(\w+)\]", config) == ["worker"]
    assert re.findall(r"EXPOSE (\d+)", DOCKERFILE) == [METRICS_PORT]
    assert f'expose: ["{METRICS_PORT}"]' in COMPOSE
    assert f"127.0.0.1:{METRICS_PORT}/ready" in COMPOSE
    source = (HOUSE / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    assert "url: http://prometheus:9090" in source


def test_every_image_has_a_version() -> None:
    images = re.findall(r"^ +image: (\S+)$", COMPOSE, re.MULTILINE)
    assert [image for image in images if not re.search(r":v?\d+\.\d+", image)] == ["leadrelay"]
    assert "apache/kafka:4.2.0" in images


def test_what_the_containers_are_told_are_settings() -> None:
    told = set(re.findall(rf"{PREFIX}\w+", COMPOSE + DOCKERFILE))
    assert told <= {variable(name) for name in Settings.model_fields}
    assert variable("broker") in told


@pytest.mark.parametrize("command", [["topics", "create"], ["worker"]])
def test_the_containers_run_commands_that_exist(command: list[str]) -> None:
    assert f"command: [{', '.join(command)}]" in COMPOSE
    script = "from agents.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, *command, "--help"], cwd=HOUSE, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
