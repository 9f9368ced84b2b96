"""What the environment says reaches the worker, and what it says wrongly reaches the reader by its variable's name."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from agents.errors import LeadrelayError
from agents.settings import LOCAL_BROKER, PREFIX, Settings, load, variable


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def put(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(PREFIX + name, value)


def test_without_a_word_the_worker_expects_a_broker_on_this_machine_and_shows_itself_there_only() -> None:
    settings = load()
    assert settings.broker == ()
    assert settings.brokers == (LOCAL_BROKER,)
    assert (settings.app_id, settings.partitions, settings.instance) == ("leadrelay", 12, None)
    assert (settings.metrics_host, settings.metrics_port) == ("127.0.0.1", 9464)


def test_every_setting_can_be_said_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "BROKER": "kafka-1:9092, [::1]:9093,",
        "APP_ID": "emea.leads",
        "INSTANCE": "worker-0",
        "PARTITIONS": "24",
        "AGREEMENT": "/etc/leadrelay/agreement.toml",
        "CLOCK": "stream",
        "COMMIT_MS": "50",
        "IDLE_COMMIT_MS": "500",
        "CAP": "9000",
        "TRANSACTION_TIMEOUT_MS": "20000",
        "SESSION_TIMEOUT_MS": "45000",
        "METRICS_HOST": "::1",
        "METRICS_PORT": "0",
        "LOG_FORMAT": "console",
        "LOG_LEVEL": "warning",
        "REFUSED_SHARE_MAX": "0.25",
        "REFUSED_COUNT_MIN": "10",
    }
    put(monkeypatch, said)
    assert set(said) == {name.upper() for name in Settings.model_fields}
    assert load().model_dump() == {
        "broker": ("kafka-1:9092", "[::1]:9093"),
        "app_id": "emea.leads",
        "instance": "worker-0",
        "partitions": 24,
        "agreement": Path("/etc/leadrelay/agreement.toml"),
        "clock": "stream",
        "commit_ms": 50,
        "idle_commit_ms": 500,
        "cap": 9000,
        "transaction_timeout_ms": 20_000,
        "session_timeout_ms": 45_000,
        "metrics_host": "::1",
        "metrics_port": 0,
        "log_format": "console",
        "log_level": "warning",
        "refused_share_max": 0.25,
        "refused_count_min": 10,
    }


def test_every_setting_is_explained() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []


def test_an_empty_variable_is_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"INSTANCE": "", "BROKER": "", "PARTITIONS": ""})
    assert load() == load(instance=None)
    assert load().partitions == 12


def test_what_a_caller_gives_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"BROKER": "kafka:9092", "LOG_LEVEL": "error"})
    settings = load(broker=("127.0.0.1:19092",), log_level=None)
    assert (settings.broker, settings.log_level) == (("127.0.0.1:19092",), "error")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BROKER", "kafka"),
        ("BROKER", "kafka:9092,kafka-2:0"),
        ("BROKER", "kafka:99999"),
        ("BROKER", ":9092"),
        ("APP_ID", "leads of emea"),
        ("INSTANCE", "worker/0"),
        ("PARTITIONS", "0"),
        ("PARTITIONS", "twelve"),
        ("CLOCK", "sundial"),
        ("COMMIT_MS", "0"),
        ("CAP", "999"),
        ("TRANSACTION_TIMEOUT_MS", "900001"),
        ("SESSION_TIMEOUT_MS", "5999"),
        ("METRICS_PORT", "65536"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("REFUSED_SHARE_MAX", "0"),
        ("REFUSED_SHARE_MAX", "1.01"),
        ("REFUSED_SHARE_MAX", "nan"),
        ("REFUSED_COUNT_MIN", "0"),
    ],
)
def test_a_wrong_value_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    put(monkeypatch, {name: value})
    with pytest.raises(LeadrelayError) as caught:
        load()
    assert f"{PREFIX}{name}" in caught.value.detail
    assert caught.value.remedy == f"correct or unset {PREFIX}{name}"
    assert caught.value.exit_code == 2


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"CLOCK": "sundial", "PARTITIONS": "0"})
    with pytest.raises(LeadrelayError, match=r"LEADRELAY_PARTITIONS=0: .*LEADRELAY_CLOCK=sundial: "):
        load()


def test_values_that_do_not_fit_together_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"COMMIT_MS": "300"})
    with pytest.raises(LeadrelayError, match=r"LEADRELAY_IDLE_COMMIT_MS 250 is below LEADRELAY_COMMIT_MS 300"):
        load()


@pytest.mark.parametrize(
    ("found", "meant"), [("BROKERS", "BROKER"), ("COMIT_MS", "COMMIT_MS"), ("LOGLEVEL", "LOG_LEVEL")]
)
def test_a_misspelt_variable_is_an_error(monkeypatch: pytest.MonkeyPatch, found: str, meant: str) -> None:
    put(monkeypatch, {found: "1"})
    with pytest.raises(LeadrelayError, match=f"{PREFIX}{found} is set, {PREFIX}{meant} exists"):
        load()


def test_variables_that_an_orchestrator_names_after_a_service_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        monkeypatch,
        {"PORT": "tcp://10.0.0.1:9464", "SERVICE_HOST": "10.0.0.1", "PORT_9464_TCP_PROTO": "tcp", "SERVICE_PORT": "1"},
    )
    assert load().metrics_port == 9464


def test_settings_do_not_change_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load().app_id = "other"
