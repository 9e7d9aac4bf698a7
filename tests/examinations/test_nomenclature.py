import pytest

from examinations.figures.names import in_a_sentence, names_of
from examinations.models import Dimension
from examinations.nomenclature import LONGEST, PROVINCES, country, goods, with_provinces


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("0702", "Tomatoes; fresh or chilled"),
        ("8471", "Automatic data processing machines and units thereof…"),
        ("9903", "Additional and temporary duties"),
        ("98", "Special classification provisions"),
        ("0000", ""),
        ("X1", ""),
    ],
)
def test_goods_are_called_as_the_harmonized_system_calls_them(code: str, name: str) -> None:
    assert goods(code) == name


def test_no_name_is_longer_than_a_cell_bears() -> None:
    names = [goods(f"{number:04}") for number in range(10_000)]
    assert max(map(len, names)) == LONGEST
    assert sum(map(bool, names)) > 1_200


def test_a_country_that_nobody_knows_keeps_its_code() -> None:
    assert [country(code) for code in ("VN", "XX", "")] == ["Vietnam", "XX", ""]


def test_the_thirteen_provinces_of_canada_are_called_so() -> None:
    assert [country(code) for code in ("CA", "XO", "XV")] == ["Canada", "Canada (Ontario)", "Canada (Nunavut)"]
    assert with_provinces(["MX", "US"]) == ["MX", "US"]
    assert with_provinces(["XO", "CA"]) == ["XO", "CA", *(one for one in PROVINCES if one != "XO")]
    assert len(PROVINCES) == 13


def test_in_a_sentence_goods_have_their_number_too() -> None:
    names = names_of(Dimension.HEADING, ["6403", "0000"])
    assert in_a_sentence("heading", "6403", names).startswith("6403 (Footwear; with outer soles")
    assert in_a_sentence("heading", "0000", names) == "0000"
    assert in_a_sentence("origin", "CN", names_of(Dimension.ORIGIN, ["CN"])) == "China"
    assert in_a_sentence("manufacturer", "", {}) == "no supplier named"
