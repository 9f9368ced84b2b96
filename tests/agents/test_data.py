"""The data that travel with the package are the data set."""

import hashlib

from agents.data import campaign_lines


def test_the_campaign_is_the_data_set_byte_by_byte() -> None:
    whole = "\r\n".join(campaign_lines()).encode()
    assert hashlib.sha256(whole).hexdigest() == "f88fc99a0f58a6852add4d6ff06e65f75dc6aea38a80fd2adcc072fcfaafde91"


def test_the_header_comes_first() -> None:
    lines = campaign_lines()
    assert next(lines).startswith("poutcome,job,marital,education,")
    assert sum(1 for _ in lines) == 45_211
