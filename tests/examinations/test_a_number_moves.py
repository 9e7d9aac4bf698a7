"""When an identifier goes to another account, nothing of its rows stays with who held it, not even until a worker has run."""

from contextlib import nullcontext

import pytest

from accounts.access import reach
from accounts.models import Account, FilingRelation, Identifier
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.breakdowns.tasks import recount_filed_breakdowns
from examinations.breakdowns.uncounted import are_counted
from examinations.duty.months import recount as recount_duty
from examinations.duty.tasks import recount_filed
from examinations.exports.tasks import remove_exports
from examinations.models import (
    CheckFinding,
    DiscrepancyBreakdown,
    DutyMonth,
    Entry,
    EntryBreakdown,
    EntryDay,
    Examination,
    ExaminationBreakdown,
    Export,
    LineCode,
    TradedGoods,
    TradedOrigin,
)
from tests.examinations.test_exports import made
from tests.named_people import World, closed, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
SUMS = [EntryBreakdown, ExaminationBreakdown, DiscrepancyBreakdown, DutyMonth]


def count_all(world: World) -> None:
    accounts = [world.quillard.pk, world.stranger.pk]
    recount(accounts)
    recount_duty(accounts)


def find(world: World, kind: str, of: str = "broker") -> CheckFinding:
    entry = world.entries[of]
    return CheckFinding.objects.create(
        kind=kind, account=entry.account, filer=entry.filer, entry=entry, entry_number=entry.number, line=1,
        entry_date=entry.entry_date, hts="8501104020", origin="CN", value=10_000, money=400, first_found=entry.entry_date,
    )  # fmt: skip


def seen(world: World, name: str, model: type) -> int:
    with acting_for(world.people[name]):
        return model.objects.count()


def move(world: World, *, filer: bool = False) -> None:
    """As headquarters does in the admin, under the login of the web."""
    with acting_for(world.hq):
        if filer:
            make_account("Other Brokers", "broker", "M2P").take_identifier(world.lindale.identifiers.get(), by=world.hq)
        else:
            make_account("New Owner", "importer", "96-222222200").take_identifier(
                world.quillard.identifiers.get(), by=world.hq
            )


@pytest.mark.parametrize("model", SUMS)
def test_sums_of_a_number_that_went_are_gone_at_once(world: World, model: type) -> None:
    count_all(world)
    assert seen(world, "robin", model) > 0
    strangers = seen(world, "sam", model)
    move(world)
    for name in ("robin", "lee", "jordan"):
        assert seen(world, name, model) == 0
    assert seen(world, "sam", model) == strangers


def sums_of(account: Account) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every kind of sum, but for its number."""
    found = {}
    for model in (*SUMS, EntryDay, LineCode, TradedGoods, TradedOrigin):
        names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
        found[model.__name__] = sorted(map(str, model.objects.filter(account=account).values_list(*names)))
    return found


@pytest.mark.parametrize("by_web", [True, False])
def test_a_former_holder_reads_sums_of_the_numbers_that_it_keeps_at_once(world: World, by_web: bool) -> None:
    kept = Identifier.objects.create(account=world.quillard, kind="importer", value="96-333333300", key="96333333300")
    stays = world.entries["other"]
    Entry.objects.filter(pk=stays.pk).update(identifier=kept)
    Examination.objects.filter(entry=stays).update(identifier=kept, **closed("DISCREPANCY_MTD", "other"))
    own = make_own_entry(world)
    count_all(world)
    owner = make_account("New Owner", "importer", "96-222222200")
    number = world.quillard.identifiers.exclude(pk=kept.pk).get()
    with acting_for(world.hq) if by_web else nullcontext():
        owner.take_identifier(number, by=world.hq)
    assert are_counted(world.quillard, None, EntryBreakdown)
    with acting_for(world.robin):
        total = EntryBreakdown.objects.filter(dimension="all").values_list("source", "entries")
        assert set(total) == {("cbp", 1), ("own", 1)}
        assert ExaminationBreakdown.objects.filter(dimension="all", cargo__gt=0).exists()
    at_once = sums_of(world.quillard)
    count_all(world)
    assert sums_of(world.quillard) == at_once
    assert all(at_once.values())
    assert own.account == world.quillard


def make_own_entry(world: World) -> Entry:
    """What the account uploaded itself, under the number that goes."""
    entry = world.entries["broker"]
    lines = list(entry.rows.all())
    entry.pk, entry.number, entry.source = None, "9XZ55555559", "own"
    entry.save()
    for line in lines:
        line.pk, line.entry, line.source = None, entry, "own"
        line.save()
    return entry


@pytest.mark.parametrize("model", SUMS)
def test_sums_of_what_was_filed_under_a_code_that_went_are_gone_at_once_and_come_back_to_the_importer(
    world: World, model: type
) -> None:
    count_all(world)
    before = seen(world, "robin", model)
    assert seen(world, "billie", model) > 0
    move(world, filer=True)
    assert seen(world, "billie", model) == 0
    for task in (recount_filed_breakdowns, recount_filed):
        task(
            [
                str(world.lindale.pk),
                *map(str, type(world.lindale).objects.filter(name="Other Brokers").values_list("pk", flat=True)),
            ]
        )
    assert seen(world, "robin", model) == before
    assert seen(world, "billie", model) == 0


def test_finds_go_with_their_lines_and_what_compares_lines_of_the_former_holder_is_forgotten(world: World) -> None:
    alone, comparing = find(world, "chapter-99"), find(world, "two-headings")
    stays = find(world, "chapter-99", "stranger")
    move(world)
    assert set(CheckFinding.objects.values_list("pk", flat=True)) == {alone.pk, stays.pk}
    alone.refresh_from_db()
    assert alone.account.name == "New Owner"
    assert (seen(world, "robin", CheckFinding), seen(world, "sam", CheckFinding)) == (0, 1)
    assert comparing.pk


def test_finds_go_with_the_filer_code(world: World) -> None:
    find(world, "chapter-99")
    assert seen(world, "billie", CheckFinding) == 1
    move(world, filer=True)
    assert (seen(world, "billie", CheckFinding), seen(world, "robin", CheckFinding)) == (0, 1)


@pytest.mark.parametrize("name", ["robin", "jordan", "hq"])
def test_a_file_made_before_opens_no_more_for_anybody(world: World, name: str) -> None:
    export = made(world, name)
    client = signed_in(world, name)
    assert client.get(f"/exports/{export.pk}/file/").status_code == 200
    move(world)
    assert client.get(f"/exports/{export.pk}/file/").status_code == 404
    assert remove_exports() >= 1
    export.refresh_from_db()
    assert not export.file


def test_a_file_of_a_broker_whose_code_went_opens_no_more(world: World) -> None:
    export = made(world, "billie")
    others = made(world, "robin")
    move(world, filer=True)
    assert signed_in(world, "billie").get(f"/exports/{export.pk}/file/").status_code == 404
    assert signed_in(world, "robin").get(f"/exports/{others.pk}/file/").status_code == 200


def test_a_file_that_is_just_being_made_is_not_kept(world: World) -> None:
    export = made(world, "robin")
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING)
    move(world)
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "Ask again" in export.message
    assert not export.finish(Export.State.READY)


def test_a_number_under_which_nobody_filed_brings_no_broker_to_who_gets_it(world: World) -> None:
    relate_by_entries(world)
    second = Identifier.objects.create(
        account=world.quillard, kind="importer", value="96-333333300", key="96-333333300"
    )
    owner = make_account("New Owner", "importer", "96-222222200")
    with acting_for(world.hq):
        owner.take_identifier(second, by=world.hq)
    assert owner.pk not in reach(world.billie).known
    assert world.quillard.pk in reach(world.billie).known


def test_a_code_under_which_nothing_was_filed_brings_no_client_to_who_gets_it(world: World) -> None:
    relate_by_entries(world)
    second = Identifier.objects.create(account=world.lindale, kind="filer", value="ABC", key="ABC")
    rival = make_account("Rival Brokers", "broker", "RVL")
    with acting_for(world.hq):
        rival.take_identifier(second, by=world.hq)
    assert not FilingRelation.objects.filter(broker=rival).exists()
    assert FilingRelation.objects.filter(broker=world.lindale, importer=world.quillard).exists()


def test_relations_go_with_the_entries_that_make_them(world: World) -> None:
    relate_by_entries(world)
    move(world)
    clients = FilingRelation.objects.filter(broker=world.lindale).values_list("importer__name", flat=True)
    assert "New Owner" in clients
    assert "Quillard Electric" not in clients


def relate_by_entries(world: World) -> None:
    FilingRelation.objects.get_or_create(
        importer=world.quillard,
        broker=world.lindale,
        defaults={"first_filed": world.entries["broker"].entry_date, "last_filed": world.entries["broker"].entry_date},
    )
