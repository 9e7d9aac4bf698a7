"""What an account uploads itself: its own numbers only, nobody else's to see, and never before CBP's data."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from accounts.scope import acting_for
from compliance.risk import tasks as risk
from examinations import tasks
from examinations.duty import tasks as duty
from examinations.figures import newest_data
from examinations.loading.load import Outcome, load_file
from examinations.loading.undo import CannotUndo, undo
from examinations.models import (
    CustomsRequest,
    EarlierEntry,
    EarlierEntryLine,
    Entry,
    EntryLine,
    EntryMonth,
    Load,
    Reject,
)
from tests.examinations.loading.files import entry_number, entry_row, load, write_csv
from tests.named_people import World

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def upload(account: Account, folder: Path, *rows: dict[str, Any], **fields: Any) -> Outcome:
    """What the worker does with an account's own file."""
    path = write_csv(folder / "own.csv", list(rows))
    return load_file(Load.objects.create(kind="entries", file_name=path.name, account=account, **fields), path)


def seen_by(world: World, name: str) -> set[str]:
    """Own entries that a person sees: with no filter at all, and by `visible_to`; both must agree."""
    with acting_for(world.people[name]):
        bare = {(one.number, str(one.account_id)) for one in Entry.objects.filter(source="own")}
        lines = EntryLine.objects.filter(source="own").count()
        months = EntryMonth.objects.filter(source="own").count()
    filtered = Entry.objects.visible_to(world.people[name]).filter(source="own")
    assert bare == {(one.number, str(one.account_id)) for one in filtered}
    assert bool(bare) == bool(lines) == bool(months)
    return {number for number, _ in bare}


def test_an_importer_loads_rows_of_its_own_numbers_and_no_others(world: World, tmp_path: Path) -> None:
    other = entry_row(61, **{"Importer Number": "96-111111100"})
    outcome = upload(world.quillard, tmp_path, entry_row(60), other)
    assert (outcome.loaded, outcome.rejected) == (1, 1)
    reject = Reject.objects.get()
    assert reject.reason.startswith("96-111111100 is not an importer number of your account")
    assert Entry.objects.get(source="own").number == entry_number(60)


def test_a_broker_loads_what_it_filed_without_making_an_account_of_its_client(world: World, tmp_path: Path) -> None:
    before = Account.objects.count()
    unknown = entry_row(62, **{"Importer Number": "96-222222200", "Importer Name": "New Client"})
    foreign = entry_row(63) | {"Entry Summary Number": entry_number(63, "M2P")}
    outcome = upload(world.lindale, tmp_path, entry_row(60), unknown, foreign)
    assert (outcome.loaded, outcome.rejected) == (2, 1)
    assert Reject.objects.get().reason.startswith("M2P is not a filer code of your account")
    assert Account.objects.count() == before
    assert Entry.objects.get(number=entry_number(62)).importer_name == "New Client, 96-222222200"


@pytest.mark.parametrize(("who", "name"), [("quillard", "robin"), ("lindale", "billie")])
def test_own_rows_are_seen_by_the_members_of_the_account_alone(
    world: World, who: str, name: str, tmp_path: Path
) -> None:
    upload(getattr(world, who), tmp_path, entry_row(60))
    members = {"robin", "lee"} if name == "robin" else {"billie"}
    for person in world.people:
        assert seen_by(world, person) == ({entry_number(60)} if person in members else set()), person


def test_what_cbp_has_stands_and_that_is_said(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(60)])
    outcome = upload(world.quillard, tmp_path, entry_row(60, **{"Line Tariff Duty Amount": "9"}), entry_row(61))
    assert (outcome.loaded, outcome.unchanged) == (1, 1)
    assert "CBP's data stand" in outcome.message
    assert Entry.objects.get(number=entry_number(60)).duty == 250


def test_cbps_data_overrule_what_importer_and_broker_uploaded_whole(world: World, tmp_path: Path) -> None:
    for account in (world.quillard, world.lindale):
        upload(account, tmp_path, entry_row(60), entry_row(60, 2), entry_row(61))
    load("entries", tmp_path, [entry_row(60)], partial=True)
    assert Entry.objects.get(number=entry_number(60)).source == "cbp"
    assert EntryLine.objects.filter(entry__number=entry_number(60)).count() == 1
    assert Entry.objects.filter(number=entry_number(61), source="own").count() == 2
    assert set(EntryMonth.objects.filter(source="own").values_list("entries", "lines")) == {(1, 1)}
    kept = {"row": EarlierEntryLine.objects.filter(source="own"), "entry": EarlierEntry.objects.filter(source="own")}
    assert {name: rows.count() for name, rows in kept.items()} == {"row": 4, "entry": 2}
    with acting_for(world.jordan):
        assert [list(rows.all()) for rows in kept.values()] == [[], []]


def test_a_number_that_cbp_has_of_somebody_else_tells_nothing(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(60, **{"Importer Number": "96-111111100"})])
    outcome = upload(world.quillard, tmp_path, entry_row(60))
    assert (outcome.loaded, outcome.unchanged, outcome.message) == (1, 0, "")
    load("entries", tmp_path, [entry_row(60, **{"Importer Number": "96-111111100", "Line MPF Amount": "40"})])
    assert Entry.objects.filter(number=entry_number(60)).count() == 2


def test_own_rows_are_no_news_of_cbps_but_where_there_is_nothing_else(world: World, tmp_path: Path) -> None:
    today = timezone.localdate()
    before = newest_data(world.quillard, today)
    fresh = {"Entry Date": f"{today:%m/%d/%Y}", "Entry Summary Date": ""}
    upload(world.quillard, tmp_path, entry_row(60, **fresh))
    assert newest_data(world.quillard, today) == before < today
    Entry.objects.filter(account=world.quillard, source="cbp").delete()
    world.quillard.examinations.all().delete()
    assert newest_data(world.quillard, today) == today


def test_an_own_file_again_changes_nothing_and_a_corrected_one_corrects(world: World, tmp_path: Path) -> None:
    rows = [entry_row(60), entry_row(60, 2)]
    upload(world.quillard, tmp_path, *rows)
    assert upload(world.quillard, tmp_path, *rows).unchanged == 2
    outcome = upload(world.quillard, tmp_path, entry_row(60, **{"Line Tariff Duty Amount": "300"}))
    assert (outcome.loaded, outcome.withdrawn) == (1, 1)
    assert EntryMonth.objects.get(source="own").duty == 300


def sign_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name], backend=BACKEND)
    return client


def post(client: Client, path: Path) -> Any:
    return client.post("/uploads/", {"file": SimpleUploadedFile("mine.csv", path.read_bytes())})


def test_a_member_uploads_sees_the_result_and_its_rows_marked(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", [entry_row(60), entry_row(61, **{"Importer Number": "96-111111100"})])
    robin = sign_in(world, "robin")
    page = post(robin, path)["Location"]
    one = Load.objects.get(account=world.quillard)
    tasks.run_load(str(one.pk))
    assert "could not be used" in robin.get(page).content.decode()
    assert "is not an importer number of your account" in robin.get(f"{page}rejects.csv").content.decode()
    listed = robin.get("/uploads/").content.decode()
    assert "from you" in listed
    assert entry_number(60) in listed
    for name in ("sam", "billie", "jordan", "expert", "hq"):
        assert sign_in(world, name).get(page).status_code == 404
        assert sign_in(world, name).get(f"/loads/{one.pk}/").status_code == 404
        assert sign_in(world, name).get(f"{page}rejects.csv").status_code == 404
    assert "mine.csv" not in sign_in(world, "hq").get("/loads/").content.decode()


def test_one_upload_an_account_runs_at_a_time(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", [entry_row(60)])
    assert post(sign_in(world, "robin"), path).status_code == 302
    second = post(sign_in(world, "lee"), path)
    assert "still being loaded" in second.content.decode()
    assert post(sign_in(world, "sam"), path).status_code == 302
    for one in Load.objects.exclude(file=""):
        one.file.delete(save=False)


def test_members_take_back_their_own_file_within_a_day_and_nobody_else_does(world: World, tmp_path: Path) -> None:
    upload(world.quillard, tmp_path, entry_row(60))
    upload(world.quillard, tmp_path, entry_row(60, **{"Line Tariff Duty Amount": "300"}), entry_row(61))
    last = Load.objects.filter(account=world.quillard).order_by("-finished_at")[0]
    robin, page = sign_in(world, "robin"), f"/uploads/{last.pk}/"
    for name in ("sam", "billie", "jordan", "expert", "hq"):
        assert sign_in(world, name).post(f"{page}undo/").status_code == 404
        assert sign_in(world, name).post(f"/loads/{last.pk}/undo/").status_code == 404
        with pytest.raises(CannotUndo, match="members of the account"):
            undo(last, by=world.people[name])
    assert robin.post(f"/loads/{last.pk}/undo/").status_code == 404
    assert f"{page}undo/" in robin.get(page).content.decode()
    assert "Undo this file?" in robin.get(f"{page}undo/").content.decode()
    assert robin.post(f"{page}undo/")["Location"] == page
    tasks.undo_load(str(last.pk), str(world.robin.pk))
    assert "by Robin Castell" in robin.get(page).content.decode()
    own = Entry.objects.get(source="own")
    assert (own.number, own.duty) == (entry_number(60), Decimal(250))
    assert EntryMonth.objects.get(source="own").duty == 250
    assert "already" in robin.post(f"{page}undo/").content.decode()


def test_an_own_file_that_cbp_overtook_is_not_taken_back(world: World, tmp_path: Path) -> None:
    upload(world.quillard, tmp_path, entry_row(60))
    own = Load.objects.get(account=world.quillard)
    load("entries", tmp_path, [entry_row(60)])
    with pytest.raises(CannotUndo, match="CBP has sent the same rows since"):
        undo(own, by=world.robin)
    Load.objects.filter(pk=own.pk).update(finished_at=timezone.now() - datetime.timedelta(hours=25))
    own.refresh_from_db()
    assert "More than a day" in sign_in(world, "robin").get(f"/uploads/{own.pk}/undo/").content.decode()


def test_of_two_own_files_the_later_one_is_taken_back_first(world: World, tmp_path: Path) -> None:
    upload(world.quillard, tmp_path, entry_row(60))
    upload(world.quillard, tmp_path, entry_row(60, **{"Line Tariff Duty Amount": "300"}))
    first, second = Load.objects.filter(account=world.quillard).order_by("finished_at")
    with pytest.raises(CannotUndo, match="later file of yours"):
        undo(first, by=world.robin)
    undo(second, by=world.robin)
    undo(first, by=world.robin)
    assert not Entry.objects.filter(source="own").exists()


def test_taking_back_an_own_file_touches_nothing_of_cbps(world: World, tmp_path: Path) -> None:
    upload(world.quillard, tmp_path, entry_row(60))
    waiting = world.requests["waiting"]
    CustomsRequest.objects.filter(pk=waiting.pk).update(entry_number=entry_number(60), account=world.stranger)
    before = CustomsRequest.objects.filter(pk=waiting.pk).values().get()
    undo(Load.objects.get(account=world.quillard), by=world.robin)
    assert CustomsRequest.objects.filter(pk=waiting.pk).values().get() == before


def test_who_has_left_meanwhile_takes_nothing_back_and_a_slow_queue_costs_nobody_the_day(
    world: World, tmp_path: Path
) -> None:
    upload(world.quillard, tmp_path, entry_row(60))
    own = Load.objects.get(account=world.quillard)
    asked = timezone.now()
    Load.objects.filter(pk=own.pk).update(finished_at=asked - datetime.timedelta(hours=25))
    membership = world.lee.memberships.get()
    membership.ended_at = asked
    membership.save()
    tasks.undo_load(str(own.pk), str(world.lee.pk), (asked - datetime.timedelta(hours=2)).isoformat())
    own.refresh_from_db()
    assert "Only members of the account" in own.message
    tasks.undo_load(str(own.pk), str(world.robin.pk), (asked - datetime.timedelta(hours=2)).isoformat())
    own.refresh_from_db()
    assert own.state == "undone"


def test_own_rows_start_no_scoring_and_have_their_duty_summed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: dict[str, list[Any]] = {"score": [], "duty": []}
    monkeypatch.setattr(risk.recompute_touched, "delay", lambda *handed: asked["score"].append(handed))
    monkeypatch.setattr(duty.recount_duty, "delay", lambda *handed: asked["duty"].append(handed))
    with django_capture_on_commit_callbacks(execute=True):
        upload(world.quillard, tmp_path, entry_row(60))
    assert asked["score"] == []
    assert [accounts for accounts, *_ in asked["duty"]] == [[str(world.quillard.pk)]]


def test_own_rows_stand_in_the_accounts_own_figures_and_in_no_rate(world: World, tmp_path: Path) -> None:
    before = sign_in(world, "robin").get("/examinations/figures/").context["figures"]
    upload(world.quillard, tmp_path, entry_row(60))
    after = sign_in(world, "robin").get("/examinations/figures/")
    assert after.context["figures"] == before
    assert after.context["from_you"].entries == 1
    assert "only you see them" in after.content.decode()
    for name in ("jordan", "hq"):
        page = sign_in(world, name).get(f"/accounts/{world.quillard.pk}/examinations/figures/")
        assert page.context["from_you"] is None


def test_an_own_upload_whose_process_died_goes_the_way_of_own_uploads_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.run_upload, "delay", asked.append)
    long_ago = timezone.now() - datetime.timedelta(minutes=5)
    fields = {"kind": "entries", "file_name": "e.csv", "file": "loads/e", "state": Load.State.RUNNING, "attempts": 1}
    one = Load.objects.create(account=world.quillard, started_at=long_ago, **fields)
    assert tasks.resume_loads() == 1
    assert asked == [str(one.pk)]
