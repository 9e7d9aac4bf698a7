"""What each workbook says of itself on its second sheet: who made it, of whom, for which period, and what its words mean."""

import datetime
import io

import pytest
from python_calamine import CalamineWorkbook

from tests.examinations.test_exports import EVER, fetched, made
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_a_workbook_says_who_asked_for_what(world: World) -> None:
    query = f"{EVER}&port=2704&hts=8501"
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(fetched(signed_in(world, "robin"), made(world, "robin", query, kind="xlsx")))
    )
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert [row[head.index("HTS Number - Full")] for row in rows] == ["8501104020", "8501104020"]
    assert rows[0][head.index("Line Tariff Goods Value Amount")] == 10000
    assert isinstance(rows[0][head.index("Entry Date")], datetime.date)
    about = dict(book.get_sheet_by_index(1).to_python())
    assert about["Of"] == "Quillard Electric"
    assert about["Made by"] == "Robin Castell"
    assert about["Filter: Port"] == "2704"
    assert about["Filter: From"] == "2000-01-01"
    assert any(label.startswith("Definition: ") for label in about)


@pytest.mark.parametrize(
    ("page", "filters"),
    [
        ("/examinations/", {"From", "To"}),
        ("/examinations/figures/", {"From", "To"}),
        ("/examinations/figures/by/?by=port", {"From", "To"}),
        ("/examinations/figures/change/", {"From", "To", "Before"}),
        ("/explore/", {"Count", "From", "To"}),
        ("/entries/", {"From", "To"}),
        ("/entries/9XZ12345671/", set()),
        ("/entry-lines/", {"From", "To"}),
        ("/duty/", {"From", "To"}),
        ("/brokers/", {"From", "To"}),
        ("/requests/", {"From", "To"}),
        ("/checks/", set()),
        ("/checks/origin-mid/", {"Shown"}),
        ("/dates/", {"From", "To"}),
        ("/dates/closing/", {"Closes within"}),
    ],
)
def test_every_workbook_says_its_period_also_where_nobody_chose_one_and_its_definitions(
    world: World, page: str, filters: set[str]
) -> None:
    answer = signed_in(world, "robin").get(page, {"download": "xlsx"} | ({"by": "port"} if "by=" in page else {}))
    assert answer["Content-Type"].startswith("application/vnd.openxml"), page
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    about = dict(book.get_sheet_by_index(1).to_python())
    assert {label.removeprefix("Filter: ") for label in about if label.startswith("Filter: ")} >= filters
    assert about["Made by"] == "Robin Castell"
    assert about["Of"] == "Quillard Electric"
    assert about["Made"]
    assert any(label.startswith("Definition: ") for label in about)
