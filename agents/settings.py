"""Everything that the environment may say about a worker, read once, checked at once, with each value explained."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from agents.errors import LeadrelayError

PREFIX = "LEADRELAY_"
LOCAL_BROKER = "127.0.0.1:9092"
PORT_MAX = 65_535


def _split(given: Any) -> Any:
    return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) <= PORT_MAX):
        message = f"{text!r} is no address like kafka-1:9092"
        raise ValueError(message)
    return text


Addresses = Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], NoDecode, BeforeValidator(_split)]
KafkaName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,100}$")]
Milliseconds = Annotated[int, Field(ge=1, le=900_000)]


class Settings(BaseSettings):
    """One worker's settings; the variable of each is its name in capitals after `LEADRELAY_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    broker: Addresses = ()
    """Kafka's addresses, `host:port`, with commas between; without one, `demo` starts its own broker and the others
    expect one at 127.0.0.1:9092."""
    app_id: KafkaName = "leadrelay"
    """Consumer group and prefix of the changelog topic; two relays on one Kafka need two."""
    instance: KafkaName | None = None
    """A name of this worker that stays the same when it restarts, and that no other worker has: it gets its lanes back
    at once. Without one, its lanes are given to others when it has been away for the session timeout."""
    partitions: Annotated[int, Field(ge=1, le=1000)] = 12
    """Lanes: partitions of every topic, and so the most workers that share the work. It cannot be changed later."""
    agreement: Path | None = None
    """The agreement's TOML file; without one, the agreement that leadrelay brings."""
    clock: Literal["wall", "stream", "off"] = "wall"
    """What makes deadlines come due: the time of day, the time of the events (for demonstrations), or nothing (while a
    history is fed)."""
    commit_ms: Milliseconds = 5
    """The shortest time between the starts of two transactions: less is quicker, more is cheaper."""
    idle_commit_ms: Milliseconds = 250
    """How long changes that no reader waits for may wait for company."""
    cap: Annotated[int, Field(ge=1000, le=1_000_000)] = 5000
    """Messages that a lane may be ahead of its last transaction; then it stops reading."""
    transaction_timeout_ms: Annotated[int, Field(ge=2000, le=900_000)] = 10_000
    """After so long Kafka ends the transaction of a worker that went silent."""
    session_timeout_ms: Annotated[int, Field(ge=6000, le=1_800_000)] = 6000
    """After so long without a sign of life a worker loses its lanes; Kafka itself allows 6 s or more."""
    metrics_host: Annotated[str, Field(min_length=1, max_length=255)] = "127.0.0.1"
    """Where /metrics, /alive and /ready listen; 0.0.0.0 in a container. There is no password."""
    metrics_port: Annotated[int, Field(ge=0, le=PORT_MAX)] = 9464
    """Their port; 0 takes a free one and says which."""
    log_format: Literal["json", "console"] = "json"
    """One JSON object a line, or lines for people."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged: error is data lost, warning is look today, info is the lifecycle."""
    refused_share_max: Annotated[float, Field(gt=0, le=1)] = 0.5
    """When more than this share of the messages is refused, the worker stops: the feed is broken, not the messages.
    1 turns it off."""
    refused_count_min: Annotated[int, Field(ge=1, le=1_000_000_000)] = 100
    """But it does not stop before it has refused so many."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.commit_ms > self.idle_commit_ms:
            ours, other = variable("idle_commit_ms"), variable("commit_ms")
            message = f"{ours} {self.idle_commit_ms} is below {other} {self.commit_ms}"
            raise ValueError(message)
        return self

    @property
    def brokers(self) -> tuple[str, ...]:
        """The addresses to connect to."""
        return self.broker or (LOCAL_BROKER,)


def load(**given: Any) -> Settings:
    """Read the settings from the environment.

    Args:
        given: Values that win over the environment, by field name; None leaves a field to the environment.

    Raises:
        LeadrelayError: Values are wrong, all named at once, or a variable's name is nearly one of ours.
    """
    _refuse_misspelt()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise _wrong(error) from None


def variable(name: str) -> str:
    """Return the environment variable of a field."""
    return PREFIX + name.upper()


def _refuse_misspelt() -> None:
    """Only near misses: an orchestrator may put variables of its own beside ours, named after a service."""
    for found in sorted(name for name in os.environ if name.startswith(PREFIX)):
        name = found.removeprefix(PREFIX).lower()
        if name in Settings.model_fields:
            continue
        for meant in get_close_matches(name, Settings.model_fields, n=1, cutoff=0.8):
            raise LeadrelayError(
                "a setting has a name that leadrelay does not know",
                f"{found} is set, {variable(meant)} exists",
                f"rename it to {variable(meant)}, or unset it",
                exit_code=2,
            )


def _wrong(error: ValidationError) -> LeadrelayError:
    names, details = [], []
    for mistake in error.errors(include_url=False, include_context=False):
        text = mistake["msg"].removeprefix("Value error, ")
        if not mistake["loc"]:  # of several together: the text names them
            details.append(text)
            continue
        names.append(variable(str(mistake["loc"][0])))
        details.append(f"{names[-1]}={mistake['input']}: {text}")
    named = ", ".join(dict.fromkeys(names)) or "one of them"
    return LeadrelayError("the settings are wrong", "; ".join(details), f"correct or unset {named}", exit_code=2)
