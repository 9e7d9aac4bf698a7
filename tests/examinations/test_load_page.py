"""The page of loads: for headquarters alone, strict with files, careful with what it gives back."""

import csv
import datetime
import io
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Identifier
from examinations import tasks
from examinations.loading import rejects
from examinations.loading.rejects import guarded
from examinations.models import Load
from tests.examinations.loading.files import bond_row, entry_row, examination_row, load, write_csv, write_xlsx
from tests.named_people import World

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SSN = "123-45-6789"


@pytest.fixture
def hq(world: World) -> Client:
    client = Client()
    client.force_login(world.hq, backend=BACKEND)
    return client


@pytest.fixture(autouse=True)
def _no_file_is_left(request: pytest.FixtureRequest) -> object:
    yield
    for one in Load.objects.exclude(file=""):
        one.file.delete(save=False)


def post(client: Client, content: bytes, name: str = "e.csv", **fields: str) -> object:
    return client.post("/loads/", {"kind": "entries", "file": SimpleUploadedFile(name, content)} | fields)


def csv_of(tmp_path: Path, *rows: dict[str, object]) -> bytes:
    return write_csv(tmp_path / "made.csv", list(rows)).read_bytes()


def run(client: Client, content: bytes, name: str = "e.csv", **fields: str) -> Load:
    """Upload a file and do what the worker does."""
    response = post(client, content, name, **fields)
    assert response.status_code == 302, response.content.decode()  # type: ignore[attr-defined]
    one = Load.objects.latest("created_at")
    tasks.run_load(str(one.pk))
    one.refresh_from_db()
    return one


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert"])
def test_nobody_but_headquarters_uploads_sees_or_downloads(world: World, name: str, tmp_path: Path) -> None:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    count = Load.objects.count()
    assert post(client, csv_of(tmp_path, entry_row(1))).status_code == 404  # type: ignore[attr-defined]
    for address in ("/loads/", f"/loads/{world.load.pk}/", f"/loads/{world.load.pk}/rejects.csv"):
        assert client.get(address).status_code == 404
    assert Load.objects.count() == count


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "PNG"),
        (b" \n \n", "empty"),
        (b"a,b,c\n1,2,3\n", "no header"),
        (b"Entry Summary Number,Importer Number\n1,2\n", "The header lacks"),
        (b"PK\x03\x04nonsense", "damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_reason_and_removed(hq: Client, content: bytes, words: str) -> None:
    one = run(hq, content)
    assert one.state == Load.State.REFUSED
    assert words in one.message
    assert one.message in hq.get(f"/loads/{one.pk}/").content.decode().replace("&#x27;", "'")
    assert one.file.name == ""


def test_an_empty_file_a_missing_one_and_an_unknown_kind_are_not_taken(hq: Client, tmp_path: Path) -> None:
    count = Load.objects.count()
    for response in (
        post(hq, b""),
        hq.post("/loads/", {"kind": "entries"}),
        post(hq, csv_of(tmp_path, entry_row(1)), kind="secrets"),
    ):
        assert response.status_code == 200  # type: ignore[attr-defined]
        assert "The file was not taken" in response.content.decode()  # type: ignore[attr-defined]
    assert Load.objects.count() == count


def test_a_file_over_the_limit_is_not_taken(hq: Client, settings: object, tmp_path: Path) -> None:
    settings.UPLOAD_LIMIT = 2**20  # type: ignore[attr-defined]
    response = post(hq, b"x" * (2**20 + 1))
    assert "The file is larger than 1 MB." in response.content.decode()  # type: ignore[attr-defined]


def test_a_report_of_a_day_to_come_is_not_taken(hq: Client, tmp_path: Path) -> None:
    tomorrow = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    response = post(hq, csv_of(tmp_path, entry_row(1)), as_of=tomorrow)
    assert "A report cannot be of a day to come." in response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "C:\\temp\\e.csv", "e\0vil.csv", "n" * 600 + ".csv", "<script>alert(1)</script>.csv", "日本.csv"]
)  # fmt: skip
def test_the_name_of_a_file_never_becomes_a_path(hq: Client, name: str, tmp_path: Path) -> None:
    file = SimpleUploadedFile("e.csv", csv_of(tmp_path, entry_row(1)))
    file._name = name  # type: ignore[attr-defined]  as a client that is no browser sends it
    response = hq.post("/loads/", {"kind": "entries", "file": file})
    assert response.status_code in (200, 302)
    if response.status_code == 302:
        one = Load.objects.latest("created_at")
        assert one.file.name == f"loads/{one.created_at:%Y/%m}/{one.pk}"
        path = Path(default_storage.path(one.file.name)).resolve()
        assert path.is_relative_to(Path(configured.MEDIA_ROOT).resolve())
        assert len(one.file_name) <= 200
        assert not {"/", "\\", "\0"} & set(one.file_name)
        page = hq.get(f"/loads/{one.pk}/")
        assert page.status_code == 200
        assert b"<script>alert" not in page.content


def test_uploaded_files_lie_outside_what_the_web_serves() -> None:
    media = Path(configured.MEDIA_ROOT).resolve()
    for served in (configured.STATIC_ROOT, *configured.STATICFILES_DIRS):
        assert not media.is_relative_to(Path(served).resolve())
        assert not Path(served).resolve().is_relative_to(media)
    assert configured.MEDIA_URL in ("", "/")


def test_a_workbook_gets_its_zeros_back_and_says_how_many(hq: Client, tmp_path: Path) -> None:
    row = entry_row(1) | {"Entry Summary Line Number": 1, "Port of Entry Code": 401, "HTS Number - Full": 101210010}
    one = run(hq, write_xlsx(tmp_path / "e.xlsx", [row]).read_bytes(), "numbers.xlsx")
    assert one.loaded == 1, (one.message, list(one.rejects.values_list("reason")))
    assert one.repaired == 2
    assert f"put back in {one.repaired:,} cells" in one.message


def test_rejects_come_back_whole_guarded_and_loadable(hq: Client, tmp_path: Path) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1+1", "-2+3+cmd", "@SUM(A1)", "\tx", "\rx", "-1,234.56", "plain"]
    rows = [entry_row(n, **{"Entry Date": "x", "Importer Name": cell, "=Odd": "1"}) for n, cell in enumerate(evil, 1)]
    one = run(hq, csv_of(tmp_path, *rows))
    text = hq.get(f"/loads/{one.pk}/rejects.csv").content.decode()
    table = list(csv.reader(io.StringIO(text)))
    assert table[0][:3] == ["Row", "Column", "Reason"]
    assert "'=Odd" in table[0]
    place = table[0].index("Importer Name")
    assert [line[place] for line in table[1:]] == [
        "'=cmd|' /C calc'!A0", "'+1+1", "'-2+3+cmd", "'@SUM(A1)", "'\tx", "'\rx", "-1,234.56", "plain",
    ]  # fmt: skip
    again = run(hq, text.replace(",x,", f",{timezone.localdate():%m/%d/%Y},").encode(), "mended.csv")
    assert again.state in (Load.State.DONE, Load.State.PARTLY), again.message


@pytest.mark.parametrize("cell", ["=1", "+a", "-a", "@a", "\ta", "\ra", "\na", "-1-1", "--1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert guarded(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "-1", "-1,234.56", "+5", "-$3.00", "a=1", "12"])
def test_amounts_and_plain_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell


def test_all_rejects_are_written_in_order_in_batches(
    hq: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejects, "BATCH", 3)
    one = run(hq, csv_of(tmp_path, *(entry_row(n, **{"Entry Date": "x"}) for n in range(1, 12))))
    lines = hq.get(f"/loads/{one.pk}/rejects.csv").content.decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [str(row) for row in range(2, 13)]


def test_more_rejects_than_a_page_writes_are_asked_of_the_worker(
    hq: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = run(hq, csv_of(tmp_path, *(entry_row(n, **{"Entry Date": "x"}) for n in range(1, 6))))
    monkeypatch.setattr(rejects, "AT_ONCE", 4)
    page = hq.get(f"/loads/{one.pk}/rejects.csv", follow=True).content.decode()
    assert "The file of 5 rows is being written" in page
    tasks.write_rejects(str(one.pk))
    try:
        response = hq.get(f"/loads/{one.pk}/rejects.csv")
        assert len(b"".join(response).splitlines()) == 6  # type: ignore[call-overload]
    finally:
        default_storage.delete(rejects.stored_name(one))


# ---- loads whose process died ----------------------------------------------------------------------------------


def dead(minutes: int = 5, **fields: object) -> Load:
    one = Load.objects.create(kind="entries", file_name="e.csv", state=Load.State.RUNNING, **fields)
    Load.objects.filter(pk=one.pk).update(started_at=timezone.now() - datetime.timedelta(minutes=minutes))
    return one


def test_a_load_is_taken_up_again_and_after_three_times_fails_with_a_clear_line(
    hq: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.run_load, "delay", asked.append)
    post(hq, csv_of(tmp_path, entry_row(1)))
    one = Load.objects.latest("created_at")
    Load.objects.filter(pk=one.pk).update(
        state=Load.State.RUNNING, attempts=1, started_at=timezone.now() - datetime.timedelta(minutes=5)
    )
    assert tasks.resume_loads() == 1
    assert tasks.resume_loads() == 1
    assert asked == [str(one.pk)]
    Load.objects.filter(pk=one.pk).update(attempts=3)
    tasks.resume_loads()
    one.refresh_from_db()
    assert one.state == Load.State.FAILED
    assert one.message.startswith(
        "The process that loaded this file ended 3 times before it was in; nothing was changed."
    )
    assert one.file.name == ""
    assert "nothing was changed" in hq.get(f"/loads/{one.pk}/").content.decode()


def test_a_load_from_the_command_line_whose_process_died_fails_with_a_clear_line(world: World) -> None:
    one, fresh = dead(), dead(minutes=0)
    assert tasks.resume_loads() == 1
    one.refresh_from_db()
    fresh.refresh_from_db()
    assert (one.state, fresh.state) == (Load.State.FAILED, Load.State.RUNNING)
    assert "Load the file again" in one.message


def test_a_load_that_has_ended_is_not_run_again(hq: Client, tmp_path: Path) -> None:
    one = run(hq, csv_of(tmp_path, entry_row(1)))
    before = Load.objects.filter(pk=one.pk).values().get()
    tasks.run_load(str(one.pk))
    assert Load.objects.filter(pk=one.pk).values().get() == before


# ---- Social Security numbers -----------------------------------------------------------------------------------


def whole_database() -> str:
    """The text of every row of every table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [f"{table}: {text}" for (text,) in cursor.fetchall()]
    return "\n".join(found)


def test_a_social_security_number_shows_nowhere_but_its_last_four(
    hq: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mine = {"Importer Number": SSN, "Importer Name": ""}
    outcomes = [
        load("entries", tmp_path, [
            entry_row(1, **mine),
            entry_row(2, **mine, **{"Entry Date": "someday"}),
            entry_row(3, **{"Importer Number": SSN.replace("-", "")}),
            entry_row(4, **{"Importer Number": "x", "Importer Name": f"Jane Doe {SSN} (own)"}),
            entry_row(5, **mine, **{"Line Tariff Goods Value Amount": "-3"}),
            entry_row(6, **{"Importer Number": f" {SSN} x"}),
        ]),
        load("examinations", tmp_path, [
            examination_row("E1", **{"Importer Number": SSN, "Entry Summary Number": "", "Container Number": "ZZXU4308175"}),
            examination_row("E2", **{"Importer Number": SSN, "Selected Date": "never"}),
        ]),
        load("bonds", tmp_path, [bond_row("5", **{"Importer Number": SSN}), bond_row("6", **{"Importer Number": SSN, "Bond Amount": "0"})]),
    ]  # fmt: skip
    assert [outcome.rejected for outcome in outcomes] == [5, 1, 1]
    load("bonds", tmp_path, [bond_row("5", **{"Importer Number": SSN, "Bond Amount": "70000"})])
    number = Identifier.objects.get(value="***-**-6789")
    text = whole_database() + caplog.text + "".join(outcome.message for outcome in outcomes)
    addresses = [f"/loads/{one.pk}/" for one in Load.objects.all()]
    addresses += [address + "rejects.csv" for address in addresses]
    addresses += [f"/accounts/{number.account_id}/", f"/admin/accounts/account/{number.account_id}/change/", "/loads/"]
    for address in addresses:
        response = hq.get(address)
        assert response.status_code == 200
        text += response.content.decode()
    for secret in (SSN, SSN.replace("-", "")):
        where = [line[:200] for line in text.splitlines() if secret in line]
        assert where == []
    assert text.count("***-**-6789") > 5


def test_a_script_in_a_cell_is_shown_as_the_letters_that_it_is(hq: Client, tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    one = run(
        hq,
        csv_of(tmp_path, entry_row(1, **{"HTS Number - Full": script, "Importer Name": script})),
        name=f"{script[:8]}.csv",
    )
    page = hq.get(f"/loads/{one.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert script not in page
    assert script[:8] + "." not in hq.get("/loads/").content.decode()


def test_asked_for_twice_the_file_of_rejects_is_written_once(world: World, settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    tasks.write_rejects(str(world.load.pk))
    written = default_storage.get_created_time(rejects.stored_name(world.load))
    with default_storage.open(rejects.stored_name(world.load)) as kept:
        before = kept.read()
    tasks.write_rejects(str(world.load.pk))
    assert default_storage.get_created_time(rejects.stored_name(world.load)) == written
    assert before.startswith(b"Row,Column,Reason")
    assert default_storage.listdir("rejects")[1] == [f"{world.load.pk}.csv"]
