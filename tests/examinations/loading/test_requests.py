"""Requests from files: whose they are, what replaces what, what is refused; waiting for an entry, and linked to it."""

import datetime
import io
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Account, Identifier
from documents.models import Document
from examinations.loading.undo import undo
from examinations.loading.undoing import CannotUndo
from examinations.models import CustomsRequest, Load, Reject, RequestLine, SupersededRow
from tests.documents.files import pdf
from tests.examinations.loading.files import days_ago, entry_number, entry_row, load, request_row, write_csv
from tests.named_people import World

pytestmark = pytest.mark.django_db


def only() -> CustomsRequest:
    return CustomsRequest.objects.get(number="R1")


def asked() -> set[tuple[int | None, str]]:
    return set(RequestLine.objects.filter(request__number="R1").values_list("line", "subject"))


def test_a_request_belongs_to_whom_its_entry_belongs(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    outcome = load("requests", tmp_path, [request_row()])
    assert (outcome.loaded, outcome.unchanged, outcome.rejected, outcome.withdrawn) == (1, 0, 0, 0)
    found = only()
    assert found.entry
    assert found.entry.number == entry_number(1)
    assert (found.account, found.filer) == (world.quillard, world.lindale)
    assert found.state == "to_answer"


def test_rows_of_one_number_ask_about_several_lines(world: World, tmp_path: Path) -> None:
    rows = [
        request_row(),
        request_row(**{"Entry Summary Line Number": "2", "Subject Code": "VALUE"}),
        request_row(**{"Entry Summary Line Number": "", "Subject Code": "ORIGIN"}),
        request_row(),  # the first row again
    ]
    outcome = load("requests", tmp_path, rows)
    assert (outcome.loaded, outcome.unchanged) == (3, 1)
    assert asked() == {(1, "CLASS"), (2, "VALUE"), (None, "ORIGIN")}


def test_a_new_version_withdraws_the_lines_that_it_lacks_and_keeps_what_was(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row(), request_row(**{"Entry Summary Line Number": "2"})])
    outcome = load("requests", tmp_path, [request_row(**{"Answered Date": days_ago(3)})])
    assert (outcome.loaded, outcome.withdrawn) == (1, 1)
    assert asked() == {(1, "CLASS")}
    kept = SupersededRow.objects.get(table="examinations_request", key="R1")
    assert kept.was["answered"] is None
    assert {line["line"] for line in kept.was["lines"]} == {1, 2}


def test_a_partial_file_withdraws_no_line(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row(), request_row(**{"Entry Summary Line Number": "2"})])
    outcome = load("requests", tmp_path, [request_row()], partial=True)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (0, 1, 0)
    assert len(asked()) == 2


def test_a_rejected_row_withdraws_nothing_of_its_request(world: World, tmp_path: Path) -> None:
    rows = [request_row(), request_row(**{"Entry Summary Line Number": "2"})]
    load("requests", tmp_path, rows)
    rows[1]["Subject Code"] = "NONSENSE"
    outcome = load("requests", tmp_path, rows)
    assert (outcome.rejected, outcome.withdrawn) == (1, 0)
    assert len(asked()) == 2


def test_the_same_file_twice_changes_nothing(world: World, tmp_path: Path) -> None:
    rows = [request_row(), request_row("R2", Form="CF29P")]
    load("requests", tmp_path, rows)
    outcome = load("requests", tmp_path, rows)
    assert (outcome.loaded, outcome.unchanged, outcome.withdrawn) == (0, 2, 0)
    assert not SupersededRow.objects.filter(table="examinations_request").exists()


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"Form": "CF30"}, "Form", "CF30"),
        ({"Form": ""}, "Form", ""),
        ({"Entry Summary Number": "9XZ12345670"}, "Entry Summary Number", "check digit"),
        ({"Issued Date": "tomorrow"}, "Issued Date", ""),
        ({"Issued Date": days_ago(-1)}, "Issued Date", ""),
        ({"Issued Date": ""}, "Issued Date", ""),
        ({"Answered Date": days_ago(30)}, "Answered Date", "before it was issued"),
        ({"Answered Date": days_ago(-1)}, "Answered Date", ""),
        ({"Outcome Code": "MAYBE"}, "Outcome Code", "MAYBE"),
        ({"Subject Code": "WEATHER"}, "Subject Code", "WEATHER"),
        ({"Entry Summary Line Number": "1000"}, "Entry Summary Line Number", ""),
        ({"Request Number": "R" * 21}, "Request Number", ""),
    ],
)
def test_a_row_that_cannot_be_used_says_which_column_and_why(
    world: World, tmp_path: Path, changes: dict[str, str], column: str, reason: str
) -> None:
    outcome = load("requests", tmp_path, [request_row("R9"), request_row(**changes)])
    assert (outcome.loaded, outcome.rejected) == (1, 1)
    rejected = Reject.objects.latest("id")
    assert (rejected.row, rejected.column) == (3, column)
    assert reason in rejected.reason


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("Form", "CF29P"),
        ("Entry Summary Number", entry_number(2)),
        ("Issued Date", days_ago(9)),
        ("Answered Date", days_ago(2)),
        ("Outcome Code", "CHANGE"),
        ("Review Team Number", "009"),
    ],
)
def test_rows_of_one_request_at_odds_are_rejected_together(
    world: World, tmp_path: Path, column: str, other: str
) -> None:
    rows = [request_row(), request_row(**{"Entry Summary Line Number": "2", column: other}), request_row("R2")]
    outcome = load("requests", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected) == (1, 2)
    assert set(Reject.objects.values_list("column", flat=True)) == {column}
    assert "R1 disagree" in Reject.objects.latest("id").reason


def test_a_file_older_than_what_is_stored_is_stale(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row(**{"Answered Date": days_ago(3)})])
    path = write_csv(tmp_path / "old.csv", [request_row()])
    with pytest.raises(SystemExit) as ended:
        call_command("load", "requests", str(path), "--as-of", str(only().issued))
    assert ended.value.code == 1
    assert only().answered is not None
    assert "stale" in Reject.objects.latest("id").reason


def test_headers_in_any_order_and_case_and_a_title_above(world: World, tmp_path: Path) -> None:
    row = request_row()
    names = [name.upper() for name in reversed(row)]
    text = "Requests of November\n" + ",".join(names) + "\n" + ",".join(reversed(list(row.values()))) + "\n"
    (tmp_path / "turned.csv").write_text(text)
    call_command("load", "requests", str(tmp_path / "turned.csv"))
    assert only().form == "CF28"


def test_one_without_its_entry_waits_under_the_filer_and_links_when_the_entry_comes(
    world: World, tmp_path: Path
) -> None:
    load("requests", tmp_path, [request_row()])
    found = only()
    assert (found.entry, found.account, found.filer) == (None, None, world.lindale)
    load("entries", tmp_path, [entry_row(1)])
    found = only()
    assert found.entry
    assert found.entry.number == entry_number(1)
    assert (found.account, found.filer) == (world.quillard, world.lindale)


def test_an_unknown_filer_code_becomes_a_prospective_broker(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row(**{"Entry Summary Number": entry_number(1, "QQ7")})])
    filer = only().filer
    assert filer
    assert (filer.kind, filer.state) == (Account.Kind.BROKER, Account.State.PROSPECTIVE)


def test_an_entry_that_changes_hands_takes_its_requests_along(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("requests", tmp_path, [request_row()])
    load("entries", tmp_path, [entry_row(1, **{"Importer Number": "96-111111100"})])
    assert only().account == world.stranger


def test_an_identifier_that_moves_takes_its_requests_along(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("requests", tmp_path, [request_row(), request_row("R2", **{"Entry Summary Number": entry_number(2)})])
    world.stranger.take_identifier(Identifier.objects.get(key="96447182000"), by=world.hq)
    assert only().account == world.stranger
    other = Account.objects.create(name="Other Brokers", kind="broker", state="active")
    other.take_identifier(Identifier.objects.get(kind="filer", key="9XZ"), by=world.hq)
    filers = CustomsRequest.objects.filter(number__in=["R1", "R2"]).values_list("filer__name", flat=True)
    assert set(filers) == {"Other Brokers"}


def newest() -> Load:
    return Load.objects.latest("created_at")


def test_undoing_the_entries_lets_a_request_wait_again(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row()])
    load("entries", tmp_path, [entry_row(1)])
    undo(newest(), by=world.hq)
    found = only()
    assert (found.entry, found.account, found.identifier, found.filer) == (None, None, None, world.lindale)


def test_requests_of_which_papers_were_sent_are_not_undone(world: World, tmp_path: Path, settings) -> None:
    """Where the request stood before, its papers stay with it; and what was withdrawn holds nothing."""
    settings.MEDIA_ROOT = tmp_path / "files"
    load("entries", tmp_path, [entry_row(1)])
    load("requests", tmp_path, [request_row()])
    first, one = newest(), only()
    paper = one.send(io.BytesIO(pdf()), "answer.pdf", by=world.robin)
    with pytest.raises(CannotUndo, match="sent papers"):
        undo(first, by=world.hq)
    assert paper.about == only()
    load("requests", tmp_path, [request_row(**{"Answered Date": days_ago(3)})])
    undo(newest(), by=world.hq)
    assert Document.objects.about(only()).get() == paper
    paper.withdraw(by=world.robin)
    undo(first, by=world.hq)
    assert not CustomsRequest.objects.filter(pk=one.pk).exists()


def test_undoing_requests_puts_back_the_row_and_its_lines(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row(), request_row(**{"Entry Summary Line Number": "2"})])
    load(
        "requests",
        tmp_path,
        [request_row(**{"Answered Date": days_ago(3), "Subject Code": "VALUE"}), request_row("R2")],
    )
    undo(newest(), by=world.hq)
    assert only().answered is None
    assert asked() == {(1, "CLASS"), (2, "CLASS")}
    assert not CustomsRequest.objects.filter(number="R2").exists()


def test_a_request_put_back_belongs_to_the_entry_that_has_come_since(world: World, tmp_path: Path) -> None:
    load("requests", tmp_path, [request_row()])
    load("requests", tmp_path, [request_row(**{"Answered Date": days_ago(3)})])
    second = newest()
    load("entries", tmp_path, [entry_row(1)])
    undo(second, by=world.hq)
    found = only()
    assert found.answered is None
    assert found.account == world.quillard


def test_a_load_stays_where_staff_wrote_down_an_answer_since(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("requests", tmp_path, [request_row()])
    only().answer(by=world.jordan, on=only().issued)
    with pytest.raises(CannotUndo, match="written down"):
        undo(newest(), by=world.hq)


def test_what_a_member_says_holds_back_only_a_load_that_brought_the_request(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("requests", tmp_path, [request_row()])
    first = newest()
    load("requests", tmp_path, [request_row(**{"Subject Code": "VALUE"})])
    only().say_answered(only().issued, by=world.robin, account=world.quillard)
    undo(newest(), by=world.hq)
    assert only().records.count() == 1
    with pytest.raises(CannotUndo):
        undo(first, by=world.hq)


def test_no_load_touches_an_extension(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("requests", tmp_path, [request_row()])
    request = only()
    to = request.issued + datetime.timedelta(days=60)
    request.extend(to, by=world.hq)
    load("requests", tmp_path, [request_row(**{"Subject Code": "VALUE"})])
    assert only().extended_to == to
    assert only().last_day == to


def test_a_file_replaces_what_was_recorded_by_hand(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    made = CustomsRequest.record(
        by=world.jordan,
        account=world.quillard,
        number="R1",
        form="CF28",
        entry_number=entry_number(1),
        issued=world.entries["broker"].entry_date,
        lines=[(1, "VALUE")],
    )
    load("requests", tmp_path, [request_row()])
    found = only()
    assert found.pk == made.pk
    assert found.issued != made.issued
    assert asked() == {(1, "CLASS")}
