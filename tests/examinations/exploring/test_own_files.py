"""A pivot of what an account uploaded itself: its own to read, and never among CBP's."""

from html import unescape
from pathlib import Path

import pytest

from examinations.breakdowns.counting import recount
from examinations.exploring.entries import KEPT
from examinations.models import Entry, EntryMonth
from tests.examinations.loading.files import entry_row, load
from tests.examinations.loading.test_own_files import upload
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploaded(world: World, tmp_path: Path) -> World:
    """Quillard with three entries of its own by two suppliers and at two ports, beside what CBP loaded."""
    load("entries", tmp_path, [entry_row(50, **{"Line Tariff Goods Value Amount": "70000"})], partial=True)
    rows = [entry_row(60), entry_row(60, 2, **{"Manufacturer ID": "CNOTHER12SHE"}), entry_row(61)]
    rows.append(entry_row(62, **{"Port of Entry Code": "4601", "Manufacturer ID": "CNOTHER12SHE"}))
    upload(world.quillard, tmp_path, *rows)
    recount([world.quillard.pk])
    return world


#: What the list behind a measure calls its sum, and what all four rows of the own files come to.
LISTED = {
    "own-entries": ("count", 3), "own-lines": ("rows", 4), "own-value": ("goods", 40_000), "own-duty": ("duties", 1_000),
}  # fmt: skip


@pytest.mark.parametrize("measure", LISTED)
def test_every_cell_of_ones_own_files_leads_to_just_its_rows(uploaded: World, measure: str) -> None:
    robin = signed_in(uploaded, "robin")
    name, whole = LISTED[measure]
    behind: dict[str, int] = {}
    for rows, columns in (*((one, "month") for one in KEPT), ("month", "")):
        page = robin.get(f"/explore/?measure={measure}&rows={rows}&columns={columns}")
        assert page.context["table"].found.of_all == whole
        shown = [cell for _, cells, of_row in page.context["lines"] for cell in (*cells, of_row)]
        for cell in (*shown, *page.context["sums"]):
            if cell.text in ("", "0"):
                continue
            if cell.link not in behind:
                behind[cell.link] = round(robin.get(cell.link).context["sums"][name])
            assert behind[cell.link] == int(cell.text.replace(",", "")), (rows, cell)
    assert len(behind) > len(KEPT)


def test_what_cbp_loaded_is_counted_apart(uploaded: World) -> None:
    robin = signed_in(uploaded, "robin")
    before = robin.get("/explore/?measure=value&rows=port").context["table"].found.of_all
    assert before >= 70_000
    Entry.objects.filter(account=uploaded.quillard, source="own").delete()
    recount([uploaded.quillard.pk])
    assert robin.get("/explore/?measure=value&rows=port").context["table"].found.of_all == before


@pytest.mark.parametrize("name", ["jordan", "hq", "billie"])
def test_nobody_else_is_offered_or_answered_what_an_account_uploaded(uploaded: World, name: str) -> None:
    client = signed_in(uploaded, name)
    base = "" if name == "billie" else f"/accounts/{uploaded.quillard.pk}"
    for measure in LISTED:
        page = client.get(f"{base}/explore/?measure={measure}&rows=port")
        assert page.context["table"] is None
        assert "Choose one from the list." in page.content.decode()
    assert "Entries from you" not in client.get(f"{base}/explore/").content.decode()


def test_an_account_with_nothing_of_cbps_begins_with_its_own_files(world: World, tmp_path: Path) -> None:
    upload(world.stranger, tmp_path, entry_row(70, **{"Importer Number": "96-111111100"}))
    recount([world.stranger.pk])
    EntryMonth.objects.filter(account=world.stranger, source="cbp").delete()
    page = signed_in(world, "sam").get("/explore/")
    assert page.context["table"].measure.key == "own-value"
    assert page.context["table"].found.of_all > 0
    assert "What do my own files hold?" in unescape(page.content.decode())


def test_where_cbp_has_loaded_something_examinations_come_first(uploaded: World) -> None:
    page = signed_in(uploaded, "robin").get("/explore/")
    assert page.context["table"].measure.key == "cargo"
    assert "What do my own files hold?" in unescape(page.content.decode())


def test_a_broker_that_uploaded_something_begins_with_what_cbp_loaded(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(50)], partial=True)
    upload(world.lindale, tmp_path, entry_row(60))
    recount(None)
    billie = signed_in(world, "billie")
    assert billie.get("/explore/").context["table"].measure.key == "cargo"
    own = billie.get("/explore/?measure=own-entries&rows=port")
    assert own.context["table"].found.of_all == 1
    of_client = billie.get(f"/explore/?measure=own-entries&rows=port&party={world.quillard.pk}")
    assert of_client.context["table"] is None
