"""What a lead did: the contracts of `leads.activity.v1`."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Conversion, Count, Id, Name, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What every activity may carry: where the lead came from."""

    source: Name = ""
    """Where the lead came from, like `search`; the agreement lists the sources that are counted by name."""
    campaign: Name = ""
    """What brought it here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageViewed(Activity):
    """A page of the site was looked at."""

    url: Annotated[Text, Field(min_length=1)]
    title: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDownloaded(Activity):
    """A paper, a checklist, a case study was taken."""

    asset: Id
    """The paper, checklist or case study."""
    phase: Literal["", "awareness", "consideration", "decision"] = ""
    """For whom it is written: which phase of buying; empty when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Activity):
    """A form was sent that is no bottom-of-funnel conversion."""

    form: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOpened(Activity):
    """An e-mail was opened."""

    email: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailClicked(Activity):
    """A link of an e-mail was followed."""

    email: Id
    link: Text = ""
    """The URL behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailBounced(Activity):
    """An e-mail came back; a hard bounce ends all e-mail to this lead."""

    email: Id
    kind: Literal["hard", "soft"]
    """`hard` when the address is wrong for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailUnsubscribed(Activity):
    """The lead wants no more e-mail."""

    email: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRegistered(Activity):
    """A seat at a webinar or an event was taken."""

    event: Id
    kind: Literal["webinar", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAttended(Activity):
    """The lead was there."""

    event: Id
    kind: Literal["webinar", "event"]
    minutes: Count = 0
    """How long; 0 when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted(Activity):
    """A trial of a product began."""

    product: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUsed(Activity):
    """A product was used, in a trial or after."""

    product: Id
    feature: Name = ""
    """Which part of it."""
    times: Count = 1
    """How often, when uses are sent together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileGiven(Activity):
    """Who the lead is, as far as told; an empty field says nothing and takes nothing back."""

    name: Name = ""
    role: Name = ""
    seniority: Name = ""
    department: Name = ""
    company: Name = ""
    company_size: Count = 0
    """Employees; 0 when unknown."""
    industry: Name = ""
    country: Name = ""
    """ISO 3166-1 alpha-2, or a name: the agreement's rules compare it without case."""
    email_domain: Name = ""
    account: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionMade(Activity):
    """A bottom-of-funnel conversion: the lead asked for a conversation."""

    kind: Conversion
    note: Text = ""
    """What the lead wrote with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Activity):
    """The lead gave or withdrew the consent to be marketed to."""

    marketing: bool
    """True when given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(Activity):
    """This visitor turned out to be somebody we can name: its history joins that lead's, and its id stands for it."""

    known_as: Id
    """The lead's own id; the subject itself when it is no other."""
