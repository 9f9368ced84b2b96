"""A record of Kafka's and a line of a file look alike."""

from dataclasses import fields

from aiokafka.structs import ConsumerRecord

from streams.record import Line


def test_a_line_has_what_a_record_of_kafka_has() -> None:
    assert {each.name for each in fields(Line)} <= {each.name for each in fields(ConsumerRecord)}


def test_a_line_has_no_headers_unless_it_is_given_some() -> None:
    assert Line("leads.activity.v1", 0, 7, 0, b"ada", b"{}").headers == ()
