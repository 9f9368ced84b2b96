"""Bounds that every string, list and number of a contract shares, so that no message can grow a row without limit."""

from typing import Annotated, Literal

from pydantic import Field

ID_LENGTH_MAX = 128
"""Characters of an `Id`."""
VALUE_BYTES_MAX = 65_536
"""A message's value may be this long; a longer one is refused unread."""

Id = Annotated[str, Field(min_length=1, max_length=ID_LENGTH_MAX, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""An identity: a lead, an event, an owner, an asset. Without control characters, as CloudEvents asks."""
Name = Annotated[str, Field(max_length=ID_LENGTH_MAX)]
"""A short word or name, or an identity, where we repeat what we were told; empty when unknown."""
Text = Annotated[str, Field(max_length=500)]
"""A sentence or a URL; empty when unknown."""
Time = Annotated[str, Field(max_length=40, json_schema_extra={"format": "date-time"})]
"""An instant for people and other systems: RFC 3339."""
Instant = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
"""Milliseconds since the epoch, UTC, up to the end of the year 9999."""
Points = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
"""Points of a rule, of a side or of a lead: far beyond what the ceilings of an agreement add up to."""
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
"""Money in whole units of its currency."""
Currency = Annotated[str, Field(min_length=3, max_length=3, pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""

Stage = Literal["visitor", "contact", "lead", "mql", "accepted", "sql", "customer", "disqualified"]
Conversion = Literal["demo", "assessment", "consultation", "contact_request"]
"""A bottom-of-funnel conversion: the lead asks for a conversation."""
Channel = Literal["phone", "email", "video"]
Outcome = Literal["answered", "no_answer", "voicemail", "busy", "wrong_contact", "refused"]
Side = Literal["fit", "interest"]
End = Literal["applied", "repeated", "ignored", "refused"]
"""The four ends of a message."""
