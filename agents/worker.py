"""The worker's app for those who know Faust: `faust -A agents.worker worker -l info`.

`app` is built when it is first asked for, so that importing this module reads and connects nothing.
"""

from typing import TYPE_CHECKING, Any

from agents import logs
from agents.settings import Settings, load

if TYPE_CHECKING:
    from agents.engine.app import LaneApp


def __getattr__(name: str) -> Any:
    """Give `app`, made from the environment."""
    if name != "app":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    app = globals()["app"] = make(load())
    return app


def make(settings: Settings) -> "LaneApp":
    """Make the app, and send this process's log lines where the settings say."""
    from agents.app import build_app  # noqa: PLC0415  Faust takes a second to import

    logs.set_up(settings.log_format, settings.log_level)
    return build_app(settings)
