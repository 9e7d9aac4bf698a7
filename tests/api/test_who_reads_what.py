"""Each person on each list: the same rows as on the pages, whoever asks."""

import pytest

from tests.accounts.test_who_may_see_what import DISCREPANCIES, ENTRIES, EXAMINATIONS
from tests.api.calls import Caller
from tests.docs.test_access import QUILLARD, STRANGER
from tests.named_people import World

pytestmark = pytest.mark.django_db
PEOPLE = sorted(ENTRIES)
LINDALE = "Lindale Customs Brokers"
ACCOUNTS = {
    **{name: {QUILLARD} for name in ("robin", "lee", "jordan")},
    **{name: {STRANGER} for name in ("sam", "morgan")},
    "billie": {LINDALE},
    "hq": {QUILLARD, STRANGER, LINDALE},
}
LISTS = [
    ("accounts", "name", ACCOUNTS),
    ("entries", "number", ENTRIES),
    ("entry-lines", "entry_number", ENTRIES),
    ("examinations", "number", EXAMINATIONS),
    ("discrepancies", "examination_number", DISCREPANCIES),
    ("bonds", "number", {name: {"994471140"} for name in ("robin", "lee", "jordan", "hq")}),
]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(("path", "field", "expected"), LISTS, ids=[row[0] for row in LISTS])
def test_each_person_reads_exactly_what_the_table_says(told: World, path, field, expected, name) -> None:
    caller = Caller(told.people[name])
    rows = caller.rows(f"{path}/")
    assert {row[field] for row in rows} == expected.get(name, set())
    for row in rows:
        assert caller.ask(f"{path}/{row['id']}/").json() == row
