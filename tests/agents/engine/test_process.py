"""The last words of a process say what failed, the detail and what to do."""

import pytest
from aiokafka.errors import MessageSizeTooLargeError, ProducerFenced

from agents.engine.lane import FoldError
from agents.engine.process import EXIT_FAILED, RESTART, explain
from agents.errors import LeadrelayError
from tests.agents.engine.fakes import Record


@pytest.mark.parametrize(
    ("error", "says", "advises"),
    [
        (ProducerFenced(), "ended our transaction", "same instance name"),
        (MessageSizeTooLargeError("7 MB"), "record this large", "max.message.bytes"),
        (FoldError(Record(7)), "failed on a record", "report it"),
        (OSError("disk"), "cannot go on", RESTART),
    ],
)
def test_what_ends_a_worker_is_explained(error: Exception, says: str, advises: str) -> None:
    shown = explain(error)
    assert says in shown.what
    assert advises in shown.remedy
    assert shown.exit_code == EXIT_FAILED


def test_the_record_of_a_bug_is_named() -> None:
    error = FoldError(Record(7))
    error.__cause__ = ZeroDivisionError("by zero")
    assert explain(error).detail == "in/0, offset 7: ZeroDivisionError('by zero')"


def test_an_error_for_people_stays_as_it_is() -> None:
    error = LeadrelayError("what", "detail", "remedy", exit_code=2)
    assert explain(error) is error
