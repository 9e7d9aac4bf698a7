"""docs/risk.md is what the code says of itself."""

from pathlib import Path

from compliance.risk.described import page
from compliance.risk.factors import FACTORS, NAMES
from compliance.risk.model import SECOND

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_is_fresh() -> None:
    assert (DOCS / "risk.md").read_text(encoding="utf-8") == page(), "Run manage.py describe_risk."


def test_every_factor_says_what_it_asks_what_it_reads_and_from_where() -> None:
    said = page()
    for name in FACTORS:
        part = said[said.index(f"### {NAMES[name]}\n") :].split("\n### ")[0]
        for word in ("Points", "* Reads: `", "* Source: ", f"`factors/{name}.py`"):
            assert word.lower() in part.lower(), (name, word)


def test_the_bands_and_points_of_the_model_in_force_stand_there() -> None:
    assert f"| Expected loss, all three | 70 | {SECOND.loss_points:g} |" in page()
    assert "| Moderate from, high from | 40, 60 | 40, 60 |" in page()
