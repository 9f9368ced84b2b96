"""What sales did with a lead: the contracts of `leads.feedback.v1`."""

from dataclasses import dataclass

from schemas.bounds import Amount, Channel, Currency, Id, Name, Outcome, Stage, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What every feedback may carry: who gave it."""

    by: Name = ""
    """Who in sales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Feedback):
    """Sales take the lead on; a lead may be accepted before it is an MQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptMade(Feedback):
    """One attempt to reach the lead; when it was made is the event's time."""

    channel: Channel
    outcome: Outcome
    reason: Name = ""
    """Why the lead does not move, in the words of sales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualified(Feedback):
    """Sales confirm an opportunity: the lead is an SQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected(Feedback):
    """Sales refuse the lead for good, with the reason."""

    reason: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Feedback):
    """Sales give the lead back to marketing; the reason names its nurture track."""

    reason: Id
    """A reason of the agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMoved(Feedback):
    """Sales move the lead by hand, where the agreement lets them."""

    to: Stage
    reason: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged(Feedback):
    """The lead belongs to another person of sales."""

    owner: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Won(Feedback):
    """The lead bought."""

    amount: Amount = 0.0
    """In whole units of the currency."""
    currency: Currency = "EUR"
    """ISO 4217."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Feedback):
    """The opportunity is gone; the reason names the nurture track."""

    reason: Id
    """A reason of the agreement."""
    note: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NurtureStarted(Feedback):
    """Sales put the lead on a nurture track by hand."""

    track: Id
    """A track of the agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Feedback):
    """This lead is the same as another one, with whose history its own is joined; this id stands for that one then."""

    into: Id
    """The other lead's id."""
