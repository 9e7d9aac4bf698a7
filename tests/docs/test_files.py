"""docs/files.md: every column of the loaders stands there, and the worked example is what the loader says."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from examinations.loading.kinds import kind_named, names
from examinations.loading.reading.columns import (
    ACTIVITY_CODES,
    DISCREPANCIES,
    DISPOSITIONS,
    ENTRY_TYPES,
    EXAMINATION_TYPES,
    REQUEST_FORMS,
    REQUEST_OUTCOMES,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "files.md").read_text()


def _section(title: str) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def _columns(kind: str) -> list[tuple[str, bool]]:
    rows = re.findall(r"^\| `([^`]+)` \| (yes)? ?\|", _section(kind.capitalize()), re.MULTILINE)
    return [(header, bool(required)) for header, required in rows]


@pytest.mark.parametrize("kind", names())
def test_every_column_stands_on_the_page_with_whether_it_is_required(kind: str) -> None:
    assert sorted(_columns(kind)) == sorted((one.header, one.required) for one in kind_named(kind).columns)


def test_the_page_names_every_kind_of_file() -> None:
    (said,) = re.findall(r"manage\.py load \{([a-z,]+)\} FILE", PAGE)
    assert said.split(",") == names()


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("Entry Type Code", ENTRY_TYPES),
        ("Examination Type Code", EXAMINATION_TYPES),
        ("Disposition Code", DISPOSITIONS),
        ("Discrepancy Type Code", DISCREPANCIES),
        ("Activity Code", ACTIVITY_CODES),
        ("Form", REQUEST_FORMS),
        ("Outcome Code", REQUEST_OUTCOMES),
    ],
)
def test_every_code_stands_on_the_page(header: str, codes: list[str]) -> None:
    (row,) = re.findall(rf"^\| `{header}` \|.*$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`([^`]+)`", row)) == {header, *codes}


def _blocks() -> list[str]:
    return re.findall(r"```(?:csv|text)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.django_db
def test_the_worked_example_is_what_the_loader_says(tmp_path: Path) -> None:
    file, said, rejects = _blocks()
    (tmp_path / "FILE").write_text(file)
    out, answer = tmp_path / "OUT.csv", io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "load", "entries", str(tmp_path / "FILE"), "--as-of", "2025-10-20", "--rejects", str(out), stdout=answer
        )
    assert ended.value.code == 1
    assert answer.getvalue() == said
    assert list(csv.reader(out.open(newline=""))) == list(csv.reader(io.StringIO(rejects)))


@pytest.mark.django_db
def test_mended_rejects_load_with_partial_and_leave_the_rows_that_were_in(tmp_path: Path) -> None:
    file, _, rejects = _blocks()
    (tmp_path / "FILE").write_text(file)
    with pytest.raises(SystemExit):
        call_command("load", "entries", str(tmp_path / "FILE"), "--as-of", "2025-10-20", stdout=io.StringIO())
    mended = (
        rejects.replace(",850110,", ",8501104020,")
        .replace("9XZ-1234568-0", "9XZ-1234568-9")
        .replace(",2709,", ",2704,")
    )
    (tmp_path / "OUT.csv").write_text(mended)
    answer = io.StringIO()
    call_command("load", "entries", str(tmp_path / "OUT.csv"), "--partial", stdout=answer)
    assert answer.getvalue().splitlines()[-1] == "loaded=4 unchanged=0 rejected=0 withdrawn=0"
