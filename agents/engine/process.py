"""How the process ends: at once when it must not go on, within a bound when it is asked to."""

import contextlib
import logging
import os
import sys
import traceback
from typing import NoReturn

from aiokafka.errors import MessageSizeTooLargeError, ProducerFenced

from agents.engine.lane import FoldError
from agents.engine.observer import Observer
from agents.errors import LeadrelayError

RESTART = "Start the worker again; it goes on from what is in Kafka, nothing is lost or doubled"
EXIT_FAILED = 3


class Ending:
    """The way out of the process. It does not unwind: nothing may be written after a failure."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def fail(self, error: BaseException) -> NoReturn:
        """End the process with a message in three parts and a non-zero code."""
        shown = explain(error)
        with contextlib.suppress(Exception):
            self._observer.failed(shown)
        out = sys.__stderr__ or sys.stderr
        with contextlib.suppress(Exception):
            if not isinstance(error, LeadrelayError):
                traceback.print_exception(error, file=out)
            print(f"error: {shown.what}\n  {shown.detail}\n  {shown.remedy}", file=out)
        leave(shown.exit_code)


def leave(code: int) -> NoReturn:
    """End the process now: no finalizer runs, so no thread and no event loop can hold it up."""
    with contextlib.suppress(Exception):
        logging.shutdown()
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            if stream is not None:
                stream.flush()
    os._exit(code)


def explain(error: BaseException) -> LeadrelayError:
    """Say for people what ended the process."""
    if isinstance(error, LeadrelayError):
        return error
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, ProducerFenced):
        what = "The broker ended our transaction: another worker has taken our name, or we were silent for too long"
        remedy = f"See that no two workers have the same instance name. {RESTART}"
        return LeadrelayError(what, detail, remedy, exit_code=EXIT_FAILED)
    if isinstance(error, MessageSizeTooLargeError):
        what, remedy = "A topic does not take a record this large", f"Raise its max.message.bytes. {RESTART}"
        return LeadrelayError(what, detail, remedy, exit_code=EXIT_FAILED)
    if isinstance(error, FoldError):
        what, remedy = (
            "The logic failed on a record",
            f"This is a bug, please report it with the lines above. {RESTART}",
        )
        return LeadrelayError(what, f"{error}: {error.__cause__!r}", remedy, exit_code=EXIT_FAILED)
    return LeadrelayError("The worker cannot go on", detail, RESTART, exit_code=EXIT_FAILED)
