"""Which Center answers for an importer on which day, and how it asks for another: verbs, days, rows, pages, mails."""

import datetime
import importlib
import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Account, Center, CenterAppeal, CenterStay, Person
from accounts.models.center_stay import move_due
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from notifications.models import Delivery, Message
from portal.centers import USUAL, trade_of, usual_center
from portal.telling import tell_of_appeals
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WHY = "Nine tenths of what we import are motors of heading 8501, made by one supplier."


def today() -> datetime.date:
    return timezone.localdate()


def center(code: str) -> Center:
    return Center.objects.get(pk=code)


def ask(world: World, code: str = "007", *, by: Person | None = None) -> CenterAppeal:
    return CenterAppeal.ask(world.quillard, wished=center(code), reasons=WHY, by=by or world.robin, on=today())


def stays(account: Account) -> list[tuple[str, int | None, int | None]]:
    """Centers with their days from today, oldest first; None: open."""
    found = CenterStay.objects.filter(account=account).order_by("starts").reverse()
    rows = [
        (one.center_id, *((day - today()).days if day else None for day in (one.starts, one.ends))) for one in found
    ]
    return sorted(rows, key=lambda row: -9999 if row[1] is None else row[1])  # type: ignore[return-value]


# ---- days --------------------------------------------------------------------------------------------------


def test_every_change_of_a_center_is_kept_whoever_makes_it(world: World) -> None:
    assert stays(world.quillard) == [("010", None, None)]
    assert stays(world.lindale) == []
    CenterStay.objects.filter(account=world.quillard).update(starts=today() - 9 * DAY)
    Account.objects.filter(pk=world.quillard.pk).update(center="007")
    assert stays(world.quillard) == [("010", -9, 0), ("007", 0, None)]
    Account.objects.filter(pk=world.quillard.pk).update(center="008")  # twice on one day: the last one counts
    assert stays(world.quillard) == [("010", -9, 0), ("008", 0, None)]
    Account.objects.filter(pk=world.quillard.pk).update(center=None)
    assert stays(world.quillard) == [("010", -9, 0)]


def test_accounts_of_before_keep_the_center_that_they_had(world: World) -> None:
    CenterStay.objects.all().delete()
    known = importlib.import_module("accounts.migrations.0011_row_security_of_centers").KNOWN
    with connection.cursor() as cursor:
        cursor.execute(known)
    assert stays(world.quillard) == [("010", None, None)]
    assert stays(world.lindale) == []


def test_a_move_of_a_later_day_comes_about_on_that_day(world: World) -> None:
    world.quillard.move_to_center(center("007"), by=world.hq, starts=today() + 5 * DAY, today=today())
    assert stays(world.quillard) == [("010", None, 5), ("007", 5, None)]
    assert move_due(today()) == 0
    world.quillard.refresh_from_db()
    assert world.quillard.center_id == "010"
    # Another move, decided before that day, takes its place.
    world.quillard.move_to_center(center("008"), by=world.hq, starts=today() + 3 * DAY, today=today())
    assert stays(world.quillard) == [("010", None, 3), ("008", 3, None)]
    CenterStay.objects.filter(center="010", account=world.quillard).update(ends=today())
    CenterStay.objects.filter(center="008", account=world.quillard, starts=today() + 3 * DAY).update(starts=today())
    assert move_due(today()) == 1
    assert move_due(today()) == 0
    world.quillard.refresh_from_db()
    assert world.quillard.center_id == "008"
    assert stays(world.quillard) == [("010", None, 0), ("008", 0, None)]


def test_the_worker_moves_what_is_due_and_keeps_the_days_of_what_it_loads(world: World) -> None:
    """Under the rights and the policies of the worker's login."""
    CenterStay.objects.filter(account=world.quillard).update(ends=today())
    CenterStay.objects.create(account=world.quillard, center=center("007"), starts=today())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_worker")
        assert move_due(today()) == 1
        Account.objects.filter(pk=world.stranger.pk).update(center="007")
        made = Account.objects.create(name="Loaded", kind="importer", center_id="003")
        cursor.execute("RESET ROLE")
    assert stays(world.quillard) == [("010", None, 0), ("007", 0, None)]
    assert stays(world.stranger)[-1] == ("007", 0, None)
    assert stays(made) == [("003", None, None)]


def test_a_file_that_names_another_center_keeps_a_move_of_a_later_day(world: World) -> None:
    world.quillard.move_to_center(center("007"), by=world.hq, starts=today() + 5 * DAY, today=today())
    Account.objects.filter(pk=world.quillard.pk).update(center="003")
    assert stays(world.quillard) == [("010", None, 0), ("003", 0, 5), ("007", 5, None)]


def test_moves_that_make_no_sense_are_refused(world: World) -> None:
    for account, starts, code, sentence in (
        (world.lindale, today(), "007", "Only an importer"),
        (world.quillard, today() - DAY, "007", "today or on a later day"),
        (world.quillard, today() + 400 * DAY, "007", "today or on a later day"),
        (world.quillard, today(), "010", "answers for the account already"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            account.move_to_center(center(code), by=world.hq, starts=starts, today=today())


# ---- appeals -----------------------------------------------------------------------------------------------


def test_an_administrator_asks_and_headquarters_grants(world: World) -> None:
    robin, hq = signed_in(world, "robin"), signed_in(world, "hq")
    assert robin.post("/center/", {"wished": "007", "reasons": WHY}).status_code == 302
    appeal = CenterAppeal.objects.get()
    assert (appeal.center_id, appeal.wished_id, appeal.asked_by, appeal.state) == ("010", "007", world.robin, "open")
    for name, page in (("lee", "/center/"), ("jordan", f"/accounts/{world.quillard.pk}/center/")):
        read = signed_in(world, name).get(page).content.decode()
        assert WHY in read
        assert "Withdraw the appeal" not in read
    assert "Withdraw the appeal" in robin.get("/center/").content.decode()
    assert "1 appeal about a Center waits for a decision" in hq.get("/").content.decode()
    assert "<b>1 appeal waits</b>" in hq.get("/center-appeals/").content.decode()
    page = f"/center-appeals/{appeal.pk}/"
    assert WHY in hq.get(page).content.decode()
    from_day = f"{today() + 7 * DAY:%m/%d/%Y}"
    assert hq.post(page, {"words": "Motors are 007's.", "from_day": from_day, "grant": "1"}).status_code == 302
    assert stays(world.quillard) == [("010", None, 7), ("007", 7, None)]
    read = robin.get("/center/").content.decode()
    assert "Motors are 007&#x27;s." in read
    assert "the <b>Electronics</b> Center" in " ".join(read.split())
    assert hq.post(page, {"words": "No.", "refuse": "1"}).status_code == 200
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by, appeal.moves_on) == ("granted", world.hq, today() + 7 * DAY)


def test_refused_it_stays_where_it_is_and_may_be_asked_again(world: World) -> None:
    appeal = ask(world)
    with pytest.raises(ValidationError, match="open already"):
        ask(world, "008")
    appeal.refuse(by=world.hq, words="Most of it is machinery.", on=today())
    assert stays(world.quillard) == [("010", None, None)]
    assert ask(world, "008").state == "open"


def test_an_administrator_withdraws(world: World) -> None:
    page = f"/center/appeals/{ask(world).pk}/withdraw/"
    assert signed_in(world, "lee").post(page).status_code == 404
    assert signed_in(world, "sam").post(page).status_code == 404
    assert signed_in(world, "robin").get(page).status_code == 405
    assert signed_in(world, "robin").post(page).status_code == 302
    assert CenterAppeal.objects.get().state == "withdrawn"
    said = signed_in(world, "robin").post(page, follow=True).content.decode()
    assert "decided or withdrawn already" in said


@pytest.mark.parametrize("name", ["lee", "sam", "billie", "jordan", "hq", "expert"])
def test_nobody_else_asks(world: World, name: str) -> None:
    for address in ("/center/", f"/accounts/{world.quillard.pk}/center/"):
        signed_in(world, name).post(address, {"wished": "007", "reasons": WHY})
    assert not CenterAppeal.objects.filter(account=world.quillard).exists()
    with pytest.raises(PermissionDenied):
        ask(world, by=world.people[name])


@pytest.mark.parametrize("name", ["robin", "jordan", "morgan"])
def test_nobody_but_headquarters_decides(world: World, name: str) -> None:
    appeal = ask(world)
    for verb in (
        lambda: appeal.refuse(by=world.people[name], words="No.", on=today()),
        lambda: appeal.grant(by=world.people[name], words="Yes.", on=today(), from_day=today()),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    assert signed_in(world, name).post(f"/center-appeals/{appeal.pk}/", {"words": "Y", "grant": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"wished": "010"}, "This is no Center"),
        ({"wished": "999"}, "This is no Center"),
        ({"wished": ""}, "Choose the Center"),
        ({"reasons": "  too short    "}, "Say why, in 20 to 4,000 letters"),
        ({"reasons": "long " * 900}, "at most 4000"),
        ({"reasons": "nul \0 byte " * 9}, "Null characters"),
    ],
)
def test_nonsense_sends_no_appeal(world: World, given: dict[str, str], sentence: str) -> None:
    answer = signed_in(world, "robin").post("/center/", {"wished": "007", "reasons": WHY} | given)
    assert "Nothing was sent" in answer.content.decode()
    assert sentence in answer.content.decode()
    assert not CenterAppeal.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"words": "", "grant": "1"}, "Say why: the account reads it"),
        ({"words": "Yes.", "from_day": "01/01/2020", "grant": "1"}, "today or on a later day"),
        ({"words": "Yes.", "from_day": "soon", "grant": "1"}, "Write the day as"),
    ],
)
def test_a_decision_that_makes_no_sense_decides_nothing(world: World, given: dict[str, str], sentence: str) -> None:
    appeal = ask(world)
    answer = signed_in(world, "hq").post(f"/center-appeals/{appeal.pk}/", given).content.decode()
    assert "Nothing was decided" in answer
    assert sentence in answer
    appeal.refresh_from_db()
    assert appeal.state == "open"
    assert stays(world.quillard) == [("010", None, None)]


def test_an_account_without_a_center_asks_its_manager_first(world: World) -> None:
    Account.objects.filter(pk=world.quillard.pk).update(center=None)
    world.quillard.refresh_from_db()
    with pytest.raises(ValidationError, match="no Center yet"):
        ask(world)


def test_the_database_keeps_one_open_appeal_and_row_security_who_writes_which(world: World) -> None:
    appeal = ask(world)
    values = {"account": world.quillard, "center_id": "010", "wished_id": "008", "reasons": WHY, "asked_on": today()}
    with pytest.raises(IntegrityError, match="center_appeal_one_open"), transaction.atomic():
        CenterAppeal.objects.create(**values, asked_by=world.robin)
    CenterAppeal.objects.filter(pk=appeal.pk).update(state="withdrawn")
    for person, asked_by, state in (
        (world.lee, world.lee, "open"), (world.robin, world.lee, "open"), (world.sam, world.sam, "open"),
        (world.jordan, world.jordan, "open"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), acting_for(person):
            CenterAppeal.objects.create(**values, asked_by=asked_by, state=state)
    CenterAppeal.objects.filter(pk=appeal.pk).update(state="open")
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), acting_for(world.robin):
        CenterAppeal.objects.filter(pk=appeal.pk).update(state="granted", decided_on=today())
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), acting_for(world.robin):
        CenterStay.objects.create(account=world.lindale, center_id="007")
    for name, rows in (("robin", 1), ("lee", 1), ("sam", 0), ("billie", 0), ("jordan", 1), ("morgan", 0), ("hq", 1)):
        with acting_for(world.people[name]):
            assert CenterAppeal.objects.count() == rows, name
            assert CenterAppeal.objects.visible_to(world.people[name]).count() == rows, name  # type: ignore[attr-defined]
            assert CenterStay.objects.filter(account=world.quillard).count() == rows, name


# ---- mails -------------------------------------------------------------------------------------------------


def told() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(message__topic__startswith="center").order_by("message__topic", "person__name")
    return list(rows.values_list("message__topic", "person__name"))


def test_both_sides_hear_once(world: World) -> None:
    appeal = ask(world)
    assert tell_of_appeals() == 2
    assert tell_of_appeals() == 0
    assert told() == [("center-appeal", "Hollis Quarter"), ("center-appeal", "Jordan Ellery")]
    appeal.grant(by=world.hq, from_day=today(), words="Secret words.", on=today())
    assert tell_of_appeals() == 1
    assert tell_of_appeals() == 0
    assert told()[2:] == [("center-decision", name) for name in ("Jordan Ellery", "Lee Farrow", "Robin Castell")]
    texts = " ".join(Message.objects.filter(topic__startswith="center").values_list("text", flat=True))
    assert "Secret words" not in texts
    assert WHY not in texts


def test_what_is_withdrawn_before_anybody_heard_is_not_told(world: World) -> None:
    ask(world).withdraw(by=world.robin, on=today())
    assert tell_of_appeals() == 0


# ---- what the account imports --------------------------------------------------------------------------------


def test_every_chapter_has_one_usual_center_or_none() -> None:
    assert {code for _, _, code in USUAL} == set(Center.objects.values_list("code", flat=True))
    assert all(before[1] < after[0] for before, after in itertools.pairwise(USUAL))
    assert [usual_center(code) for code in ("01", "84", "85", "91", "", "9A")] == ["002", "010", "007", "", "", ""]


def test_the_page_says_what_is_imported_by_chapter(world: World) -> None:
    recount(None)
    trade = trade_of(world.quillard, world.robin, today() + 31 * DAY)  # by then the month of the entries is a whole one
    assert [(one.chapter, one.value, one.share, str(one.center)) for one in trade.chapters] == [
        ("85", 20_000, 1, "007 Electronics"),
    ]  # fmt: skip
    assert (trade.value, str(trade.leading), trade.leading_share) == (20_000, "007 Electronics", 1)
    assert trade_of(world.quillard, world.sam, today() + 31 * DAY).chapters == []
    other = make_account("Empty Importer", "importer", "96-700000000", center_id="010")
    empty = signed_in(world, "hq").get(f"/accounts/{other.pk}/center/").content.decode()
    assert "No entries of these months are on file" in empty
