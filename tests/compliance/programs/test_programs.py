"""What is written down about programs: by whom, with what refused, who is reminded, and the page."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Enrollment
from accounts.scope import acting_for
from compliance.programs.models import Confirmation, Done, Step
from compliance.programs.reminding import remind
from compliance.programs.told import programs_of
from notifications.models import Delivery
from portal.dates.bound import Bound
from portal.dates.sources import dates_that_bind, follow_ups, isa_letters, isa_tests
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
ACCEPTED = datetime.date(2025, 1, 15)
FIRST = datetime.date(2026, 2, 15)


@pytest.fixture
def member(world: World) -> World:
    Enrollment.objects.update_or_create(account=world.quillard, program="ISA", defaults={"since": ACCEPTED})
    return world


@pytest.mark.parametrize("name", EVERYONE)
def test_what_is_written_down_opens_to_the_account_and_who_looks_after_it(member: World, name: str) -> None:
    Step.record(member.quillard, "CTPAT", "applied", on=TODAY, by=member.jordan, today=TODAY)
    Confirmation.confirm(member.quillard, "ISA", "memorandum", by=member.jordan, on=TODAY)
    Done.letter(member.quillard, due=FIRST, on=FIRST, by=member.robin, today=TODAY)
    person, seen = member.people[name], name in {"robin", "lee", "jordan", "hq"}
    for model in (Step, Confirmation, Done):
        assert model.objects.visible_to(person).exists() == seen
        with acting_for(person):
            assert model.objects.exists() == seen


@pytest.mark.parametrize("name", ["robin", "sam", "morgan", "expert"])
def test_nobody_but_who_looks_after_it_says_where_it_stands_or_confirms(member: World, name: str) -> None:
    person = member.people[name]
    with pytest.raises(PermissionDenied):
        Step.record(member.quillard, "CTPAT", "applied", on=TODAY, by=person, today=TODAY)
    with pytest.raises(PermissionDenied):
        Confirmation.confirm(member.quillard, "ISA", "memorandum", by=person, on=TODAY)
    with acting_for(person), pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.create(account=member.quillard, program="ISA", state="applied", on=TODAY, by=person)


def test_headquarters_alone_accepts_and_that_enters_the_programs_of_the_account(world: World) -> None:
    with pytest.raises(PermissionDenied):
        Step.record(world.quillard, "CTPAT", "accepted", on=TODAY, by=world.jordan, today=TODAY)
    with acting_for(world.jordan), pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.create(account=world.quillard, program="ISA", state="accepted", on=TODAY, by=world.jordan)
    Enrollment.objects.filter(account=world.quillard).delete()
    Step.record(world.quillard, "CTPAT", "accepted", on=TODAY, by=world.hq, today=TODAY, tier=3)
    assert Enrollment.objects.get(account=world.quillard).tier == 3
    Step.record(world.quillard, "CTPAT", "left", on=TODAY, by=world.hq, today=TODAY)
    assert not Enrollment.objects.filter(account=world.quillard).exists()


def test_a_letter_is_recorded_once_for_a_day_on_which_one_is_due(member: World) -> None:
    given = {"by": member.robin, "today": TODAY}
    with pytest.raises(ValidationError, match="No letter is due"):
        Done.letter(member.quillard, due=FIRST + DAY, on=FIRST, **given)
    with pytest.raises(ValidationError, match="ahead"):
        Done.letter(member.quillard, due=FIRST, on=TODAY + DAY, **given)
    Done.letter(member.quillard, due=FIRST, on=FIRST, **given)
    with pytest.raises(ValidationError, match="already"):
        Done.letter(member.quillard, due=FIRST, on=FIRST, **given)
    with pytest.raises(ValidationError, match="no member"):
        Done.letter(member.stranger, due=FIRST, on=FIRST, by=member.sam, today=TODAY)


def test_members_and_manager_are_told_twice_before_and_once_after_however_the_task_runs(member: World) -> None:
    days = (-61, -60, -59, -20, -14, -13, -1, 0, 1, 2, 30, 31)
    assert [remind(FIRST + n * DAY) for n in days] == [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    told = Delivery.objects.filter(message__topic="program-letter").values_list("person__name", flat=True)
    assert {name.split()[0].lower() for name in told} == {"robin", "lee", "jordan"}


def test_of_a_letter_that_was_sent_nobody_is_reminded(member: World) -> None:
    Done.letter(member.quillard, due=FIRST, on=FIRST - 70 * DAY, by=member.robin, today=TODAY)
    assert remind(FIRST) == 0


def test_letters_and_tests_stand_in_the_calendar_until_done(member: World) -> None:
    def owed(name: str) -> list[Bound]:
        first, last = FIRST - DAY, FIRST + DAY
        sources = (isa_letters, isa_tests)
        return dates_that_bind(member.quillard, getattr(member, name), first, last, as_of=first, sources=sources)

    (one,) = owed("robin")
    assert one.day == FIRST
    assert owed("sam") == []
    Done.letter(member.quillard, due=FIRST, on=FIRST, by=member.robin, today=TODAY)
    assert owed("robin") == []
    Done.test(member.quillard, on=datetime.date(2024, 2, 1), words="Thirty lines", by=member.robin, today=TODAY)
    kept = datetime.date(2027, 2, 1)
    (test,) = dates_that_bind(member.quillard, member.jordan, kept, kept, as_of=TODAY, sources=(isa_tests,))
    assert "must be at hand" in test.title
    assert dates_that_bind(member.quillard, member.robin, kept, kept, as_of=TODAY, sources=(follow_ups,)) == []


def test_a_suspended_member_is_no_member_until_accepted_again(member: World) -> None:
    Step.record(member.quillard, "ISA", "suspended", on=TODAY, by=member.jordan, today=TODAY)
    standing = {one.program: one for one in programs_of(member.quillard, member.robin, TODAY).standings}
    assert standing["ISA"].state == "suspended"


def test_the_page_records_a_letter_a_test_and_a_confirmation(member: World) -> None:
    robin, jordan, base = signed_in(member, "robin"), signed_in(member, "jordan"), f"/accounts/{member.quillard.pk}"
    assert "annual letter" in robin.get("/programs/").content.decode()
    robin.post("/programs/done/", {"due": f"{FIRST}", "on": "02/14/2026", "words": ""})
    robin.post("/programs/done/", {"due": "test", "on": "03/01/2026", "words": "Thirty lines, <one> wrong"})
    page = robin.get("/programs/").content.decode()
    assert "February 14, 2026" in page
    assert "Thirty lines, &lt;one&gt; wrong" in page
    jordan.post(f"{base}/programs/confirm/", {"criterion": "ISA:memorandum"})
    assert "Confirmed by Jordan" in robin.get("/programs/").content.decode()
    jordan.post(f"{base}/programs/confirm/", {"criterion": "ISA:memorandum", "back": "1"})
    assert not Confirmation.objects.exists()
    jordan.post(f"{base}/programs/step/", {"program": "CTPAT", "state": "applied", "on": "03/01/2026", "words": "x"})
    assert Step.objects.get().by == member.jordan


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("done", {"due": "2026-02-16", "on": "02/14/2026"}),
        ("done", {"due": "test", "on": "02/14/2026", "words": " "}),
        ("done", {"due": "test", "on": "never", "words": "x"}),
        ("done", {"due": "test", "on": "02/14/1999", "words": "x"}),
        ("step", {"program": "GOLD", "state": "applied", "on": "02/14/2026"}),
        ("step", {"program": "ISA", "state": "accepted", "on": "02/14/2026"}),
        ("step", {"program": "ISA", "state": "applied", "tier": "2", "on": "02/14/2026"}),
        ("step", {"program": "CTPAT", "state": "applied", "tier": "9", "on": "02/14/2026"}),
    ],
)
def test_nonsense_is_said_beside_its_field_and_records_nothing(member: World, path: str, sent: dict[str, str]) -> None:
    page = signed_in(member, "jordan").post(f"/accounts/{member.quillard.pk}/programs/{path}/", sent)
    assert "Nothing was recorded" in page.content.decode()
    assert not Done.objects.exists()
    assert not Step.objects.exists()


def test_confirming_what_is_no_criterion_answers_like_nothing(member: World) -> None:
    where = f"/accounts/{member.quillard.pk}/programs/confirm/"
    for name, criterion in (("jordan", "ISA:controls"), ("jordan", "x"), ("morgan", "ISA:memorandum")):
        assert signed_in(member, name).post(where, {"criterion": criterion}).status_code == 404
