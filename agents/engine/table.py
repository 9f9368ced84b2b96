"""The Faust table whose partitions are our lanes, and its store, which never lets Faust's own recovery run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from faust.stores.base import Store
from faust.tables.table import Table

from agents.engine.membership import Membership, NotAMemberError

if TYPE_CHECKING:
    from agents.engine.engine import Engine

RESTORED_OFFSET = 2**62


class LaneStore(Store):
    """Hears of rebalances. The rows themselves live in the lanes' folds."""

    async def on_rebalance(
        self, _assigned: set[Any], _revoked: set[Any], _newly_assigned: set[Any], _generation_id: int = 0
    ) -> None:
        """Take the assignment and return at once.

        aiokafka sends no heartbeat until this has returned; for the same reason generation and member id cannot
        change while we read them.
        """
        engine: Engine = self.app.engine
        engine.forget()
        changelog = engine.settings.changelog
        mine = sorted(tp.partition for tp in self.app.assignor.assigned_actives() if tp.topic == changelog)
        coordinator = self.app.consumer._thread._consumer._coordinator  # noqa: SLF001
        try:
            membership = Membership(
                self.app.conf.id,
                coordinator.generation,
                coordinator.member_id,
                coordinator._group_instance_id,  # noqa: SLF001
            )
        except NotAMemberError as error:
            engine.patience.begin(str(error))
            return
        engine.assign(mine, membership)

    def persisted_offset(self, _tp: Any) -> int:
        """Say that everything is here, so that Faust reads no changelog."""
        return RESTORED_OFFSET

    async def need_active_standby_for(self, _tp: Any) -> bool:
        """Say no: there are no standbys."""
        return False

    def apply_changelog_batch(self, *_arguments: Any) -> NoReturn:
        """Refuse: Faust's recovery must not run."""
        message = "Faust's own recovery ran"
        raise RuntimeError(message)

    def reset_state(self) -> None:
        """Do nothing: lanes are forgotten with their membership, not by Faust."""

    def __getitem__(self, key: Any) -> NoReturn:
        raise KeyError(key)

    def __setitem__(self, _key: Any, _value: Any) -> NoReturn:
        message = "rows are written by their lane"
        raise NotImplementedError(message)

    def __delitem__(self, _key: Any) -> NoReturn:
        message = "rows are written by their lane"
        raise NotImplementedError(message)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def _clear(self) -> None:
        """Do nothing, see reset_state."""

    clear = _clear

    async def backup_partition(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: the changelog is the backup."""
        raise NotImplementedError

    def restore_backup(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: the changelog is the backup."""
        raise NotImplementedError


class LaneTable(Table):
    """A Faust table: its changelog is assigned together with the inputs."""

    def _new_store(self) -> LaneStore:
        return LaneStore(
            self.app.conf.store, self.app, self, key_type=self.key_type, value_type=self.value_type, loop=self.loop
        )
