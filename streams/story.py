"""Makes up what one person does on the site, by mail and at events: believable, and the same for the same chance."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, ClassVar

from schemas import activity
from streams import site
from streams.timeline import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Happening, type_of

PAGES_MAX, READS_ON = 12, 0.6
"""A visit is a page and, with this chance each time, one more."""
READING_MS = (8 * SECOND_MS, 240 * SECOND_MS)
BOUNCED, BOUNCED_HARD, UNSUBSCRIBED, CLICKED = 0.02, 0.012, 0.05, 0.55
"""Of the mail that would be opened. Half of those who unsubscribe withdraw their consent as well."""
INTRODUCED = 0.15
"""Of those who are asked who they are before they get what they wanted."""
MAIL_EVERY_MS = 14 * DAY_MS
WEBINAR_HOUR, ATTENDED = 17, 0.6
USES_MAX = 12

PAGE_VIEWED, FORM_SUBMITTED = type_of(activity.PageViewed), type_of(activity.FormSubmitted)
PROFILE_GIVEN, CONSENT_CHANGED = type_of(activity.ProfileGiven), type_of(activity.ConsentChanged)
DOWNLOADED, CONVERTED = type_of(activity.ContentDownloaded), type_of(activity.ConversionMade)
MAIL_OPENED, MAIL_CLICKED = type_of(activity.EmailOpened), type_of(activity.EmailClicked)
MAIL_BOUNCED, MAIL_UNSUBSCRIBED = type_of(activity.EmailBounced), type_of(activity.EmailUnsubscribed)
REGISTERED, ATTENDED_EVENT = type_of(activity.EventRegistered), type_of(activity.EventAttended)
TRIAL_STARTED, PRODUCT_USED = type_of(activity.TrialStarted), type_of(activity.ProductUsed)


class Story:
    """What one person did (`happened`, not in order of time), and what that person can still do."""

    def __init__(self, chance: Random, *, known: bool) -> None:
        self.happened: list[Happening] = []
        self._chance = chance
        self._known = self._mailed = known
        self._done: set[str] = set()

    def visit(self, at: int, phase: str) -> None:
        """A visit begins, or a mail is opened that leads to one or not."""
        chance = self._chance
        source = chance.choice(site.SOURCES)
        if source == "email":
            if not self._mailed:
                source = "web"
            elif not self._followed(at):
                return
        at = self._read(at, site.VIEWS[phase, source])
        deed = site.deed(phase, chance.random())
        if deed and self._introduced(at, source):
            self._DEEDS[deed](self, at + self._between(*READING_MS), phase, source)

    def _tell(self, at: int, kind: str, /, **data: Any) -> None:
        self.happened.append((at, kind, data))

    def _between(self, low: int, high: int) -> int:
        return low + int(self._chance.random() * (high - low))

    def _read(self, at: int, views: tuple[dict[str, Any], ...]) -> int:
        """Pages are read one after the other; the instant at which the last was opened."""
        draw, tell = self._chance.random, self.happened.append
        least, most = READING_MS
        tell((at, PAGE_VIEWED, views[int(draw() * len(views))]))
        for _ in range(PAGES_MAX - 1):
            if draw() > READS_ON:
                break
            at += least + int(draw() * (most - least))
            tell((at, PAGE_VIEWED, views[int(draw() * len(views))]))
        return at

    def _followed(self, at: int) -> bool:
        """Whether a mail leads to a visit: it may bounce, be opened only, or be the last one wanted."""
        draw, mail = self._chance.random(), f"newsletter-{at // MAIL_EVERY_MS}"
        if draw < BOUNCED:
            self._mailed = draw > BOUNCED_HARD
            self._tell(at, MAIL_BOUNCED, source="email", email=mail, kind="soft" if self._mailed else "hard")
            return False
        self._tell(at - MINUTE_MS, MAIL_OPENED, source="email", email=mail)
        if draw > 1 - UNSUBSCRIBED:
            self._mailed = False
            self._tell(at, MAIL_UNSUBSCRIBED, source="email", email=mail)
            if draw > 1 - UNSUBSCRIBED / 2:
                self._tell(at + SECOND_MS, CONSENT_CHANGED, marketing=False)
        elif draw < CLICKED:
            self._tell(at - SECOND_MS, MAIL_CLICKED, source="email", email=mail, link=site.HOME)
            return True
        return False

    def _introduced(self, at: int, source: str) -> bool:
        """Whether we know this person, who may have to say who that is now; most give up instead."""
        if self._known:
            return True
        if self._chance.random() > INTRODUCED:
            return False
        self._known = self._mailed = True
        draw = self._chance.choice
        told = {
            "seniority": draw(site.SENIORITIES),
            "department": draw(site.DEPARTMENTS),
            "industry": draw(site.INDUSTRIES),
            "company_size": draw((0, 0, self._between(2, 4000))),
            "country": draw(("PT", "PT", "PT", "ES")),
            "email_domain": draw(site.MAILBOXES),
        }
        self._tell(at + SECOND_MS, FORM_SUBMITTED, source=source, form="who-are-you")
        self._tell(
            at + SECOND_MS, PROFILE_GIVEN, source=source, **{name: value for name, value in told.items() if value}
        )
        return True

    def _downloaded(self, at: int, phase: str, source: str) -> None:
        self._tell(at, DOWNLOADED, source=source, asset=self._chance.choice(site.ASSETS[phase]), phase=phase)

    def _subscribed(self, at: int, _: str, source: str) -> None:
        self._mailed = True
        self._tell(at, FORM_SUBMITTED, source=source, form="newsletter")
        self._tell(at + SECOND_MS, CONSENT_CHANGED, source=source, marketing=True)

    def _registered(self, at: int, _: str, source: str) -> None:
        webinar = self._chance.choice(site.WEBINARS)
        self._tell(at, REGISTERED, source=source, event=webinar, kind="webinar")
        if self._chance.random() < ATTENDED:
            held_at = (at // DAY_MS + self._between(2, 21)) * DAY_MS + WEBINAR_HOUR * HOUR_MS
            joined_at = held_at + self._between(0, 10 * MINUTE_MS)
            minutes = self._between(10, 55)
            self._tell(joined_at, ATTENDED_EVENT, source=source, event=webinar, kind="webinar", minutes=minutes)

    def _tried(self, at: int, _: str, source: str) -> None:
        if self._first("tried"):
            self._tell(at, TRIAL_STARTED, source=source, product=site.PLANNER)
            for _use in range(self._between(0, USES_MAX)):
                at += self._between(10 * MINUTE_MS, 3 * DAY_MS)
                feature = self._chance.choice(site.FEATURES)
                self._tell(at, PRODUCT_USED, source=source, product=site.PLANNER, feature=feature)

    def _asked(self, at: int, _: str, source: str) -> None:
        if self._first("asked"):
            self._tell(at, CONVERTED, source=source, kind=self._chance.choice(site.CONVERSIONS))

    def _first(self, deed: str) -> bool:
        """Whether this is done for the first time; notes that it is done."""
        first = deed not in self._done
        self._done.add(deed)
        return first

    _DEEDS: ClassVar[Mapping[str, Callable[["Story", int, str, str], None]]] = {
        "downloaded": _downloaded,
        "subscribed": _subscribed,
        "registered": _registered,
        "tried": _tried,
        "asked": _asked,
    }
