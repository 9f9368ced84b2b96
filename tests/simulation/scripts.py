"""The same calls for the model broker and for the real one."""

import asyncio
from collections.abc import Awaitable, Callable

from aiokafka.errors import OffsetOutOfRangeError

from agents.engine.membership import Membership
from agents.engine.transaction import Transactions, no_hook
from tests.simulation.scene import MARKERS_S, Scene


async def commit(scene: Scene) -> None:
    producer = await scene.producer()
    await producer.begin_transaction()
    await scene.put(producer, 0, b"1", b"2")
    await scene.put(producer, 1, b"3")
    await scene.look("open")
    await producer.commit_transaction()
    await scene.look("committed")
    await producer.begin_transaction()
    await scene.put(producer, 0, b"4")
    await scene.put(producer, 0, b"5", b"6")
    await producer.commit_transaction()
    await scene.look("again")


async def abort(scene: Scene) -> None:
    producer = await scene.producer()
    await producer.begin_transaction()
    await scene.put(producer, 0, b"1", b"2")
    await scene.attempt("abort", producer.abort_transaction())
    await scene.look("aborted")
    await producer.begin_transaction()
    await scene.put(producer, 0, b"3")
    await producer.commit_transaction()
    await scene.look("and committed")


async def nothing_to_commit(scene: Scene) -> None:
    producer = await scene.producer()
    await producer.begin_transaction()
    await scene.attempt("commit", producer.commit_transaction())
    await scene.look("nothing")


async def readers_wait_for_the_oldest(scene: Scene) -> None:
    first, second = await scene.producer("first"), await scene.producer("second")
    await first.begin_transaction()
    await scene.put(first, 0, b"1")
    await second.begin_transaction()
    await scene.put(second, 0, b"2")
    await second.commit_transaction()
    await asyncio.sleep(MARKERS_S)
    await scene.ground.write(0, b"3")
    await scene.look("the first is open")
    await first.abort_transaction()
    await scene.look("the first is aborted")


async def second_of_the_same_name(scene: Scene) -> None:
    first = await scene.producer()
    await first.begin_transaction()
    await scene.put(first, 0, b"1")
    second = await scene.producer()
    await scene.look("the second has started")
    await scene.attempt("write to a known partition", scene.put(first, 0, b"2"))
    await scene.attempt("commit", first.commit_transaction())
    await second.begin_transaction()
    await scene.put(second, 0, b"3")
    await second.commit_transaction()
    await scene.look("the second has committed")


async def first_of_two_begins(scene: Scene) -> None:
    first = await scene.producer()
    await scene.producer()
    await first.begin_transaction()
    await scene.attempt("write", scene.put(first, 0, b"1"))
    await scene.look("nothing")


async def a_dead_owner_is_ended(scene: Scene) -> None:
    dead = await scene.producer("dead")
    await dead.begin_transaction()
    await scene.put(dead, 1, b"1")
    await scene.kafka.end_transaction_of(f"{scene.ground.name}-dead")
    await scene.look("ended")
    await scene.attempt("commit", dead.commit_transaction())


async def offsets_in_a_transaction(scene: Scene) -> None:
    producer, (_, membership) = await scene.producer(), await scene.member()
    await producer.begin_transaction()
    await scene.put(producer, 0, b"1")
    await scene.attempt("offsets", scene.offsets(producer, membership))
    await scene.look_at_group("open")
    await producer.commit_transaction()
    await scene.look_at_group("committed")
    await producer.begin_transaction()
    await scene.attempt("offsets alone", scene.offsets(producer, membership, 9))
    await scene.attempt("abort", producer.abort_transaction())
    await scene.look_at_group("aborted")


async def offsets_of_an_older_generation(scene: Scene) -> None:
    producer, (joined, old) = await scene.producer(), await scene.member()
    again, new = await scene.member(joined.member_id)
    scene.seen.append(("generations", again.generation - joined.generation, again.leader))
    await producer.begin_transaction()
    await scene.put(producer, 0, b"1")
    await scene.attempt("offsets", scene.offsets(producer, old))
    await scene.attempt("abort", producer.abort_transaction())
    await scene.look("aborted")
    await producer.begin_transaction()
    await scene.put(producer, 0, b"2")
    await scene.attempt("offsets", scene.offsets(producer, new))
    await scene.attempt("commit", producer.commit_transaction())
    await scene.look("committed")
    await scene.look_at_group("committed")


async def offsets_of_a_stranger(scene: Scene) -> None:
    producer, (joined, _) = await scene.producer(), await scene.member()
    await producer.begin_transaction()
    stranger = Membership(scene.ground.group, joined.generation, "stranger", None)
    await scene.attempt("offsets", scene.offsets(producer, stranger))
    await scene.attempt("abort", producer.abort_transaction())


async def offsets_of_nobody(scene: Scene) -> None:
    producer, (joined, nobody) = await scene.producer(), await scene.member()
    del joined
    nobody.generation, nobody.member_id = -1, ""
    await producer.begin_transaction()
    await scene.attempt("offsets", scene.offsets(producer, nobody))
    await scene.attempt("commit", producer.commit_transaction())
    await scene.look_at_group("committed")


async def offsets_while_others_are_awaited(scene: Scene) -> None:
    """A rebalance has begun, and the old generation is still the present one."""
    producer, (joined, membership) = await scene.producer(), await scene.member()
    other = asyncio.create_task(scene.member())
    await asyncio.sleep(MARKERS_S)
    await scene.attempt("heartbeat", scene.ground.heartbeat(joined))
    await producer.begin_transaction()
    await scene.attempt("offsets", scene.offsets(producer, membership))
    await scene.attempt("commit", producer.commit_transaction())
    await scene.look_at_group("committed")
    again, _ = await scene.member(joined.member_id)
    other_joined, _ = await other
    scene.seen.append(("generations", again.generation - joined.generation, again.leader, other_joined.leader))
    await scene.attempt("old heartbeat", scene.ground.heartbeat(joined))
    await scene.attempt("new heartbeat", scene.ground.heartbeat(again))


async def a_follower_joins_again(scene: Scene) -> None:
    first, _ = await scene.member()
    second = asyncio.create_task(scene.member())
    await asyncio.sleep(MARKERS_S)
    await scene.member(first.member_id)
    follower, membership = await second
    again, _ = await scene.member(follower.member_id)
    scene.seen.append(("generations", again.generation - follower.generation, again.leader))
    producer = await scene.producer()
    await producer.begin_transaction()
    await scene.attempt("offsets", scene.offsets(producer, membership))
    await scene.attempt("abort", producer.abort_transaction())


async def a_static_member_comes_back(scene: Scene) -> None:
    producer, (joined, old) = await scene.producer(), await scene.member(instance="i")
    again, new = await scene.member(instance="i")
    scene.seen.append(("same", again.generation == joined.generation, again.member_id == joined.member_id))
    await producer.begin_transaction()
    await scene.attempt("offsets of the old", scene.offsets(producer, old))
    await scene.attempt("abort", producer.abort_transaction())
    await producer.begin_transaction()
    await scene.attempt("offsets of the new", scene.offsets(producer, new))
    await scene.attempt("commit", producer.commit_transaction())
    await scene.attempt("heartbeat of the old", scene.ground.heartbeat(joined))
    await scene.attempt("heartbeat of the new", scene.ground.heartbeat(again))
    await scene.attempt("the old joins", scene.ground.join(joined.member_id, "i"))
    await scene.attempt("the old joins without its id", scene.ground.join("", "i"))


async def a_name_is_shown(scene: Scene) -> None:
    producer, (joined, membership) = await scene.producer(), await scene.member()
    transactions = Transactions(producer, "none", "none", no_hook)
    await scene.attempt("ours", transactions.show(scene.place(), membership))
    await scene.look_at_group("nothing is left of it")
    _, again = await scene.member(joined.member_id)
    await scene.attempt("with an old membership", transactions.show(scene.place(), membership))
    await producer.begin_transaction()
    await scene.attempt("offsets", scene.offsets(producer, again))
    await scene.attempt("commit", producer.commit_transaction())
    await scene.look_at_group("committed")
    await scene.producer()
    await scene.attempt("another one's", transactions.show(scene.place(), again))


async def a_session_ends(scene: Scene) -> None:
    producer, (joined, membership) = await scene.producer(), await scene.member()
    await asyncio.sleep(7.5)
    await scene.attempt("heartbeat", scene.ground.heartbeat(joined))
    await producer.begin_transaction()
    await scene.attempt("offsets", scene.offsets(producer, membership))
    await scene.attempt("abort", producer.abort_transaction())
    await scene.attempt("join with the old id", scene.ground.join(joined.member_id, None))


async def time_is_up(scene: Scene) -> None:
    producer = await scene.producer()
    await producer.begin_transaction()
    await scene.put(producer, 0, b"1")
    await asyncio.sleep(13)
    await scene.look("after the timeout")
    await scene.attempt("write", scene.put(producer, 0, b"2"))
    await scene.attempt("commit", producer.commit_transaction())


async def a_commit_comes_too_late(scene: Scene) -> None:
    producer = await scene.producer()
    await producer.begin_transaction()
    await scene.put(producer, 0, b"1")
    await asyncio.sleep(13)
    await scene.attempt("commit", producer.commit_transaction())
    await scene.look("aborted")


async def a_reader_begins_anywhere(scene: Scene) -> None:
    """At a marker too: the broker names the transaction that it ended."""
    producer = await scene.producer()
    for number, end in enumerate(("abort", "commit", "abort", "abort", "commit")):
        await producer.begin_transaction()
        await scene.put(producer, 0, b"%d" % number)
        await getattr(producer, f"{end}_transaction")()
        await asyncio.sleep(MARKERS_S)
    for offset in range(11):
        async with scene.kafka.consumer("read_committed", fetch_max_wait_ms=10) as consumer:
            consumer.assign([scene.place()])
            consumer.seek(scene.place(), offset)
            got = await consumer.getmany(scene.place(), timeout_ms=300)
            scene.seen.append((offset, [(record.offset, record.value) for record in got.get(scene.place(), ())]))


async def beyond_the_end(scene: Scene) -> None:
    await scene.ground.write(0, b"1")
    async with scene.kafka.consumer("read_committed", fetch_max_wait_ms=10) as consumer:
        consumer.assign([scene.place()])
        consumer.seek(scene.place(), 5)
        for _ in range(20):
            try:
                await consumer.getmany(scene.place(), timeout_ms=200)
            except OffsetOutOfRangeError:
                scene.seen.append("out of range")
                return


SCRIPTS: tuple[Callable[[Scene], Awaitable[None]], ...] = (
    commit,
    abort,
    nothing_to_commit,
    readers_wait_for_the_oldest,
    second_of_the_same_name,
    first_of_two_begins,
    a_dead_owner_is_ended,
    offsets_in_a_transaction,
    offsets_of_an_older_generation,
    offsets_of_a_stranger,
    offsets_of_nobody,
    offsets_while_others_are_awaited,
    a_follower_joins_again,
    a_static_member_comes_back,
    a_name_is_shown,
    a_session_ends,
    time_is_up,
    a_commit_comes_too_late,
    a_reader_begins_anywhere,
    beyond_the_end,
)
