"""Keeps the exact jars of one Kafka release on this machine, each proved by its SHA-256."""

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from agents.errors import LeadrelayError

LIST = Path(__file__).with_name("jars.txt")
WORKERS_AT_ONCE = 12
TRIES = 3
NO_EXTRA = "pip install leadrelay[broker], or set LEADRELAY_BROKER to the address of an existing Kafka"


class Jar(NamedTuple):
    """One jar of the release, by its Maven coordinate and the SHA-256 of its bytes in hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name that Maven repositories give the file."""
        return f"{self.artifact}-{self.version}.jar"


def listed(path: Path = LIST) -> list[Jar]:
    """Return the jars of a list with one `group:artifact:version sha256` a line."""
    return [Jar(*line.replace(":", " ").split()) for line in path.read_text("utf-8").splitlines()]


def ensure(folder: Path, jars: Iterable[Jar], tell: Callable[[str], None], mirror: str | None = None) -> list[Path]:
    """Return the path of each jar in the folder, after downloading those that are absent or damaged.

    Several processes may do this at once: a jar appears under its name only when it is whole.

    Args:
        folder: Where the jars are kept; made when absent.
        jars: What to have there.
        tell: Called with one sentence when something must be downloaded.
        mirror: Address of a Maven repository to use in place of Maven Central.

    Raises:
        LeadrelayError: A jar cannot be downloaded, or its bytes are not the expected ones.
    """
    wanted = list(jars)
    absent = [jar for jar in wanted if not _whole(folder / jar.file_name, jar)]
    if absent:
        tell(f"downloading {len(absent)} jars of Apache Kafka to {folder}, once")
        _download(folder, absent, mirror)
    return [folder / jar.file_name for jar in wanted]


def _whole(path: Path, jar: Jar) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def _download(folder: Path, jars: list[Jar], mirror: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="incoming-", dir=folder) as incoming:
        fetch = _fetcher(Path(incoming), mirror)
        pool = ThreadPoolExecutor(WORKERS_AT_ONCE)
        try:
            for jar, path in zip(jars, pool.map(fetch, jars), strict=True):
                path.replace(folder / jar.file_name)
        finally:
            pool.shutdown(cancel_futures=True)  # after one failure the others would only make people wait


def _fetcher(incoming: Path, mirror: str | None) -> Callable[[Jar], Path]:
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - an optional extra, absent in production
    except ImportError as error:
        raise LeadrelayError("the embedded broker is not installed", str(error), NO_EXTRA) from error
    logging.getLogger("jgo").setLevel(logging.ERROR)  # its SHA-1 warning would come before our refusal
    remotes = {"mirror": mirror} if mirror else None

    def fetch(jar: Jar) -> Path:
        failure = ""
        for attempt in range(TRIES):
            context = MavenContext(repo_cache=incoming / str(attempt), remote_repos=remotes)
            component = context.project(jar.group, jar.artifact).at_version(jar.version)
            try:
                path = Path(component.artifact(classifier="", packaging="jar").resolve())
            except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
                failure = str(error)  # the error itself holds a connection, and would hold it until it is collected
                continue
            return _proved(path, jar)
        raise LeadrelayError(
            "the embedded broker's jars cannot be downloaded",
            f"{jar.group}:{jar.artifact}:{jar.version}: {failure}",
            "check the network and the proxy, or set LEADRELAY_BROKER to the address of an existing Kafka",
        )

    return fetch


def _proved(path: Path, jar: Jar) -> Path:
    if _whole(path, jar):
        return path
    raise LeadrelayError(
        "a downloaded jar is refused",
        f"{jar.group}:{jar.artifact}:{jar.version} has not the SHA-256 {jar.sha256}",
        "try again; if it stays so, the network or the mirror alters files: do not use it",
    )
