"""`leadrelay topics`: the catalogue's topics on a Kafka cluster."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from typing import TYPE_CHECKING

import typer

from agents import console
from agents.commands.options import AppId, Broker, Json, example

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.admin import Difference
    from agents.settings import Settings
    from schemas.topics import Topic

app = typer.Typer(name="topics", help="Make and check the topics.", no_args_is_help=True)


@app.command(epilog=example("leadrelay topics create --broker kafka-1:9092"))
def create(*, broker: Broker = None, app_id: AppId = None, as_json: Json = False) -> None:
    """Make the topics that are missing; those that exist stay as they are."""
    from agents import admin
    from agents.settings import load

    settings = load(broker=broker, app_id=app_id)
    made = console.run(admin.create(",".join(settings.brokers), _catalogue(settings), settings.partitions))
    if as_json:
        console.write_json({"created": made})
    elif made:
        console.print_text(f"Made {len(made)} topics:", *(f"  {name}" for name in made))
    else:
        console.print_text("All topics exist; see `leadrelay topics check` for whether they are as they should be.")


@app.command(epilog=example("leadrelay topics check && leadrelay worker"))
def check(*, broker: Broker = None, app_id: AppId = None, as_json: Json = False) -> None:
    """Say where the cluster differs from the catalogue; exit code 1 when it does."""
    from agents import admin
    from agents.settings import load

    settings = load(broker=broker, app_id=app_id)
    found = console.run(admin.check(",".join(settings.brokers), _catalogue(settings), settings.partitions))
    if as_json:
        console.write_json([difference._asdict() for difference in found])
    elif found:
        _tell(found)
    else:
        console.print_text("All topics are as they should be.")
    if found:
        raise typer.Exit(1)


def _catalogue(settings: "Settings") -> "list[Topic]":
    from schemas.topics import TOPICS, changelog

    return [*TOPICS, changelog(settings.app_id)]


def _tell(found: "Iterable[Difference]") -> None:
    from streams.report import Table

    rows = [(each.topic, each.key or each.kind, each.wanted, each.found) for each in found]
    console.print_tables([Table("differences", ("topic", "what", "wanted", "found"), rows)])
    console.print_text(
        "`leadrelay topics create` makes what is missing; settings of existing topics are changed with Kafka's own "
        "tools, and the number of partitions can't be changed."
    )
