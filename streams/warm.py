"""Keeps leads unpacked for a while, and of what their interest is made for longer: who did something will do more."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from streams.row import Lead, unpack
from streams.tally import Tally

LEADS_MAX, TALLIES_MAX = 500, 2000
"""Twice as many are kept at most. A tally takes a seventh of the memory of a lead, and half as long to find anew."""


@dataclass(slots=True)
class Warm:
    """What is known of leads beside their rows; nothing but time is lost without it.

    When as many as are kept have come, those that nobody asked for since the last time go.
    """

    _leads: dict[bytes, Lead] = field(default_factory=dict)
    _cooling: dict[bytes, Lead] = field(default_factory=dict)
    _tallies: dict[bytes, Tally] = field(default_factory=dict)
    _fading: dict[bytes, Tally] = field(default_factory=dict)

    def get(self, key: bytes) -> Lead | None:
        """The lead of this key, if it is kept."""
        return self._leads.get(key) or self._cooling.get(key)

    def unpacked(self, key: bytes, row: bytes) -> Lead:
        """The lead of this row, with what is kept of it; errors as those of `unpack`."""
        lead = unpack(key.decode(), row)
        lead.tally = self._tallies.get(key) or self._fading.get(key)
        return lead

    def keep(self, leads: Mapping[bytes, Lead]) -> None:
        """Keep these, as their rows say them."""
        if len(self._leads) + len(leads) > LEADS_MAX:
            for key, lead in self._cooling.items():
                self._keep(key, lead.tally)
            self._leads, self._cooling = {}, self._leads
        self._leads.update(leads)

    def _keep(self, key: bytes, tally: Tally | None) -> None:
        self._fading.pop(key, None)
        if tally is None:
            self._tallies.pop(key, None)
            return
        if len(self._tallies) >= TALLIES_MAX:
            self._tallies, self._fading = {}, self._tallies
        self._tallies[key] = tally
