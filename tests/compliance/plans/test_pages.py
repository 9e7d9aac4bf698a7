"""The way of a plan through its pages: two clicks from a trend, written by two, handed in, agreed, done."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.handing_over import hand_over
from accounts.models import Membership
from compliance.plans.models import Action, Plan, PlanVersion, RootCause
from compliance.trends.models import Trend
from documents import kinds
from documents.models import Document
from tests.compliance.plans.world import DAY, TODAY, agreed, begin, make_motors
from tests.documents.files import docx, pdf
from tests.named_people import World, make_person
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def american(day: datetime.date) -> str:
    return f"{day:%m/%d/%Y}"


def written(plan: Plan, **more) -> dict[str, object]:
    """What the form sends, as the plan stands, but for some fields."""
    return {
        "read": plan.version, "problem": plan.problem, "root_cause": plan.root_cause_id or "", "cause": plan.cause,
        "limit_rate": f"{plan.limit_rate * 100:.1f}", "hoped_rate": f"{plan.hoped_rate * 100:.1f}",
        "counted_from": american(plan.counted_from),
    } | more  # fmt: skip


def test_two_clicks_from_a_trend_to_a_plan_with_its_evidence_and_its_terms(world: World) -> None:
    trend, client = make_motors(world), signed_in(world, "robin")
    assert "Start a plan" in client.get(f"/trends/{trend.pk}/").content.decode()
    answer = client.post(f"/plan/start/{trend.pk}/")
    plan = Plan.objects.get()
    assert answer["Location"] == f"/plan/{plan.pk}/edit/"
    assert (plan.start_discrepancies, plan.start_examinations, plan.start_random) == (8, 40, True)
    assert (str(plan.limit_rate), str(plan.hoped_rate)) == ("0.100", "0.020")
    assert (plan.heading, plan.manufacturer_id, plan.discrepancy_type) == ("8501", trend.manufacturer_id, "CLASS")
    assert "14 of 61 closed examinations of goods of heading 8501" in plan.problem
    trend.refresh_from_db()
    assert trend.state == "in_plan"
    assert f"/plan/{plan.pk}/" in client.get(f"/trends/{trend.pk}/").content.decode()
    client.post(f"/plan/start/{trend.pk}/")
    assert Plan.objects.count() == 1


def test_few_random_examinations_give_the_rate_of_all(world: World) -> None:
    plan = Plan.start(make_motors(world, random_examinations=19), "P", by=world.robin, on=TODAY)
    assert (plan.start_discrepancies, plan.start_examinations, plan.start_random) == (14, 61, False)
    assert str(plan.limit_rate) == "0.115"


def test_the_whole_way(world: World) -> None:
    robin, jordan = signed_in(world, "robin"), signed_in(world, "jordan")
    robin.post(f"/plan/start/{make_motors(world).pk}/")
    plan = Plan.objects.get()
    page, staff = f"/plan/{plan.pk}/", f"/accounts/{world.quillard.pk}/plan/{plan.pk}/"
    refused = robin.post(page + "step/", {"read": Plan.objects.get().version, "step": "submit"}).content.decode()
    assert "Say what the root cause is" in refused
    assert "Name at least one corrective action" in refused
    cause = RootCause.objects.first()
    wrote = {"cause": "Old numbers.", "root_cause": cause.pk, "limit_rate": "9.5 %", "hoped_rate": "1.9"}
    assert robin.post(page + "edit/", written(plan, **wrote)).status_code == 302
    for owner, what in ((world.lee, "Renew the parts list"), (world.jordan, "Name an expert for 8501")):
        given = {"what": what, "owner": owner.pk, "due": american(TODAY + 20 * DAY)}
        assert robin.post(page + "actions/", given).status_code == 302
    assert [one.side for one in Action.objects.order_by("pk")] == ["account", "cbp"]
    assert robin.post(page + "step/", {"read": Plan.objects.get().version, "step": "submit"}).status_code == 302
    assert "waits for you" in jordan.get(staff).content.decode().replace("<b>", "").replace("</b>", "")
    assert (
        "Say what is to be changed"
        in jordan.post(staff + "step/", {"read": Plan.objects.get().version, "step": "send_back"}).content.decode()
    )
    assert (
        jordan.post(
            staff + "step/", {"read": Plan.objects.get().version, "step": "send_back", "words": "Whose list?"}
        ).status_code
        == 302
    )
    assert "Whose list?" in robin.get(page).content.decode()
    robin.post(page + "step/", {"read": Plan.objects.get().version, "step": "submit"})
    assert jordan.post(staff + "step/", {"read": Plan.objects.get().version, "step": "agree"}).status_code == 302
    verification = Plan.objects.get().verifications.get()
    assert (str(verification.limit_rate), str(verification.hoped_rate)) == ("0.095", "0.019")
    assert verification.counted_from == TODAY + 30 * DAY
    assert "Counting starts on" in robin.get("/plan/").content.decode()
    action = Action.objects.filter(owner=world.lee).get()
    assert robin.post(f"{page}actions/{action.pk}/finish/", {"how": "New list since Monday"}).status_code == 302
    assert "New list since Monday" in jordan.get(staff).content.decode()
    assert "Version 2" in robin.get(page + "versions/").content.decode()


def test_two_people_at_once_lose_nothing(world: World) -> None:
    plan = begin(world)
    robin, jordan = signed_in(world, "robin"), signed_in(world, "jordan")
    page = f"/plan/{plan.pk}/edit/"
    first = written(plan, problem="Robin’s problem")
    assert jordan.post(f"/accounts/{world.quillard.pk}{page}", written(plan, cause="Jordan’s cause")).status_code == 302
    assert robin.post(page, first).status_code == 302  # another field: both are kept
    plan.refresh_from_db()
    assert (plan.problem, plan.cause) == ("Robin’s problem", "Jordan’s cause")
    read = plan.version
    jordan.post(f"/accounts/{world.quillard.pk}{page}", written(plan, cause="Jordan’s second <cause>"))
    answer = robin.post(page, written(plan, cause="Robin’s cause", problem="Better", read=read))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Jordan Ellery changed the plan while you wrote" in text
    assert "Jordan’s second &lt;cause&gt;" in text
    assert "Robin’s cause" in text
    assert "Better" in text
    plan.refresh_from_db()
    assert plan.cause == "Jordan’s second <cause>"
    put = written(plan, cause="Both causes", problem="Better")
    assert f'name="read" value="{plan.version}"' in text
    assert robin.post(page, put).status_code == 302
    plan.refresh_from_db()
    assert (plan.cause, plan.problem) == ("Both causes", "Better")
    assert list(PlanVersion.objects.filter(plan=plan).values_list("number", flat=True)) == list(range(1, 7))


def test_two_people_at_one_action_see_both(world: World) -> None:
    plan = begin(world)
    action = plan.actions.get()
    page = f"/plan/{plan.pk}/actions/{action.pk}/"
    mine = {"read": 1, "what": "Robin’s words", "owner": world.robin.pk, "due": american(TODAY + 9 * DAY)}
    assert signed_in(world, "lee").post(page, mine | {"what": "Lee’s words", "owner": world.lee.pk}).status_code == 302
    answer = signed_in(world, "robin").post(page, mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Lee’s words" in text
    assert 'value="Robin’s words"' in text
    assert signed_in(world, "robin").post(page, mine | {"read": 2}).status_code == 302
    action.refresh_from_db()
    assert action.what == "Robin’s words"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("limit_rate", "15.1", "between 1% and 15%"),
        ("limit_rate", "0", "between 1% and 15%"),
        ("limit_rate", "much", "number of percent"),
        ("limit_rate", "NaN", "number of percent"),
        ("hoped_rate", "5.1", "at most half the limit"),
        ("hoped_rate", "0", "above zero"),
        ("counted_from", "01/01/2020", "tomorrow at the earliest"),
        ("counted_from", "soon", "MM/DD/YYYY"),
        ("problem", " ", "Say what the problem is"),
        ("problem", "x" * 4001, "4000"),
        ("cause", "a\0b", "Null characters"),
        ("root_cause", "987654", "valid choice"),
        ("read", "0", "Nothing was saved"),
        ("read", "", "Nothing was saved"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(world: World, field: str, value: str, said: str) -> None:
    plan = begin(world)
    answer = signed_in(world, "robin").post(f"/plan/{plan.pk}/edit/", written(plan, **{"cause": "New", field: value}))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert said in text
    assert field == "cause" or "New" in text
    plan.refresh_from_db()
    assert plan.version == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"due": american(TODAY - DAY)}, "This day is past"),
        ({"due": "tomorrow"}, "MM/DD/YYYY"),
        ({"owner": "sam"}, "of neither side"),
        ({"owner": "nonsense"}, "of neither side"),
        ({"owner": ""}, "Choose who sees to it"),
        ({"what": "  "}, "Say what is to be done"),
        ({"what": "x" * 301}, "300"),
    ],
)
def test_an_action_that_cannot_be_is_refused(world: World, given: dict[str, str], said: str) -> None:
    plan = begin(world)
    if given.get("owner") == "sam":
        given = {"owner": str(world.sam.pk)}
    data = {"what": "Do it", "owner": world.lee.pk, "due": american(TODAY)} | given
    text = signed_in(world, "robin").post(f"/plan/{plan.pk}/actions/", data).content.decode()
    assert "Nothing was added" in text
    assert said in text
    assert plan.actions.count() == 1


def test_a_plan_whose_day_is_past_is_not_handed_in_and_shows_how_late_it_is(world: World) -> None:
    plan = begin(world)
    Action.objects.update(due=TODAY - 3 * DAY)
    page = (
        signed_in(world, "robin")
        .post(f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "submit"})
        .content.decode()
    )
    assert "was due on a day that is past" in page
    assert "by 3 days" in page
    action = plan.actions.get()
    kept = {"read": 1, "what": "Other words", "owner": world.lee.pk, "due": american(action.due)}
    assert signed_in(world, "lee").post(f"/plan/{plan.pk}/actions/{action.pk}/", kept).status_code == 302
    assert "One action" not in signed_in(world, "robin").get("/plan/").content.decode()
    assert "one overdue" in signed_in(world, "robin").get("/plan/").content.decode()


def test_an_owner_who_has_left_is_named_and_another_asked_for(world: World) -> None:
    plan = begin(world)
    Membership.objects.get(person=world.lee).end(by=world.robin)
    page = signed_in(world, "robin").get(f"/plan/{plan.pk}/").content.decode()
    assert "has left: name somebody else" in page
    refused = (
        signed_in(world, "robin")
        .post(f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "submit"})
        .content.decode()
    )
    assert "Lee Farrow, who owns “Renew the parts list”, has left" in refused
    action = plan.actions.get()
    other = {"read": 1, "what": action.what, "owner": world.robin.pk, "due": american(action.due)}
    assert signed_in(world, "robin").post(f"/plan/{plan.pk}/actions/{action.pk}/", other).status_code == 302
    assert (
        signed_in(world, "robin")
        .post(f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "submit"})
        .status_code
        == 302
    )


def test_what_a_manager_owns_goes_to_the_successor(world: World) -> None:
    plan = begin(world)
    given = {"what": "Ask an expert", "owner": world.jordan, "due": TODAY + DAY}
    action = Action.add(plan, given, by=world.jordan, on=TODAY)
    hand_over(world.jordan, to=world.morgan, by=world.hq, on=TODAY, today=TODAY)
    action.refresh_from_db()
    assert action.owner == world.morgan
    assert plan.actions.exclude(pk=action.pk).get().owner == world.lee


def test_a_trend_whose_rows_were_corrected_away_is_said_and_the_plan_can_be_closed(world: World) -> None:
    plan = begin(world)
    Trend.objects.update(state="resolved", resolved_on=TODAY, resolved_because="What it rested on was corrected.")
    client = signed_in(world, "robin")
    assert "What this plan rested on was corrected" in client.get(f"/plan/{plan.pk}/").content.decode()
    assert (
        "close the plan"
        in client.post(
            f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "submit"}
        ).content.decode()
    )
    assert (
        client.post(
            f"/plan/{plan.pk}/step/", {"read": Plan.objects.get().version, "step": "close", "words": "Nothing left"}
        ).status_code
        == 302
    )
    plan.refresh_from_db()
    assert plan.state == "closed"
    assert client.post(f"/plan/start/{plan.trend_id}/").status_code == 302
    assert Plan.objects.count() == 1


FILES = [
    ("script.html", b"<script>alert(1)</script>", "are not taken"),
    ("proof.pdf", b"<html><script>alert(1)</script></html>", "content is something else"),
    ("proof.txt", b"<script>alert(1)</script>", "a page, a script"),
    ("macro.docx", docx({"word/vbaProject.bin": b"x"}), "acro"),
    ("empty.pdf", b"", "empty"),
    ("run.exe", b"MZ", "are not taken"),
]


@pytest.mark.parametrize(("name", "data", "said"), FILES, ids=[one[0] for one in FILES])
def test_evidence_of_the_wrong_kind_or_with_a_script_is_refused(world: World, name, data, said) -> None:
    plan = begin(world)
    page = f"/plan/{plan.pk}/actions/{plan.actions.get().pk}/send/"
    text = signed_in(world, "robin").post(page, {"file": SimpleUploadedFile(name, data)}).content.decode()
    assert "Nothing was sent" in text
    assert said in text
    assert not Document.objects.exists()


def test_evidence_that_is_too_large_is_refused(world: World, monkeypatch) -> None:
    monkeypatch.setattr(kinds, "LIMIT", 2_000)
    plan = begin(world)
    page = f"/plan/{plan.pk}/actions/{plan.actions.get().pk}/send/"
    text = (
        signed_in(world, "robin").post(page, {"file": SimpleUploadedFile("a.pdf", pdf("x" * 5_000))}).content.decode()
    )
    assert "larger than" in text
    assert not Document.objects.exists()


def test_evidence_opens_to_both_sides_and_to_nobody_else(world: World) -> None:
    plan = begin(world)
    page = f"/plan/{plan.pk}/actions/{plan.actions.get().pk}/send/"
    sent = signed_in(world, "robin").post(page, {"file": SimpleUploadedFile("list.pdf", pdf())})
    assert sent.status_code == 302
    document = Document.objects.get()
    for name, status in (("robin", 200), ("jordan", 200), ("sam", 404), ("billie", 404), ("morgan", 404)):
        assert signed_in(world, name).get(f"/documents/{document.pk}/").status_code == status, name
    assert (
        "list.pdf" in signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/plan/{plan.pk}/").content.decode()
    )


@pytest.mark.parametrize("step", ["", "nonsense", "agree\0"])
def test_a_step_that_is_none_changes_nothing(world: World, step: str) -> None:
    plan = begin(world)
    answer = signed_in(world, "robin").post(f"/plan/{plan.pk}/step/", {"step": step})
    assert "not known" in answer.content.decode()


def test_a_plan_agreed_late_starts_counting_tomorrow_and_not_in_the_past(world: World) -> None:
    verification = agreed(world, TODAY, start=TODAY - 50 * DAY)
    assert verification.counted_from == TODAY + DAY


def test_a_retired_cause_stays_where_it_was_chosen(world: World) -> None:
    plan = begin(world)
    RootCause.objects.update(retired=True)
    page = signed_in(world, "robin").get(f"/plan/{plan.pk}/edit/").content.decode()
    assert page.count("<option") == 2


def test_a_person_from_nowhere_owns_nothing(world: World) -> None:
    stranger, plan = make_person("Nobody Known"), begin(world)
    data = {"what": "Do it", "owner": stranger.pk, "due": american(TODAY)}
    assert "of neither side" in signed_in(world, "jordan").post(
        f"/accounts/{world.quillard.pk}/plan/{plan.pk}/actions/", data
    ).content.decode()  # fmt: skip


def test_the_first_pages_name_what_waits_and_what_is_due(world: World) -> None:
    plan = begin(world)
    Action.objects.update(due=TODAY - 2 * DAY)
    assert "improvement plan: Renew the parts list (Lee Farrow" in signed_in(world, "robin").get("/").content.decode()
    assert "Renew the parts list" not in signed_in(world, "sam").get("/").content.decode()
    assert "for your review" not in signed_in(world, "jordan").get("/").content.decode()
    Action.objects.update(due=TODAY + 2 * DAY)
    plan.submit(by=world.robin, on=TODAY)
    address = f"/accounts/{world.quillard.pk}/plan/{plan.pk}/"
    assert address in signed_in(world, "jordan").get("/").content.decode()
    assert address not in signed_in(world, "morgan").get("/").content.decode()


def test_a_plans_pages_ask_no_more_with_more_actions(world: World) -> None:
    plan = agreed(world).plan
    pages = [("robin", f"/plan/{plan.pk}/"), ("hq", f"/accounts/{world.quillard.pk}/plan/{plan.pk}/")]
    before = [_asked(world, name, page) for name, page in pages]
    for n in range(9):
        given = {"what": f"Action {n}", "owner": world.lee, "due": TODAY + DAY}
        Action.add(plan, given, by=world.robin, on=TODAY).finish("Done", by=world.lee, on=TODAY)
    assert [_asked(world, name, page) for name, page in pages] == before
    assert max(before) <= 24


def _asked(world: World, name: str, page: str) -> int:
    client = signed_in(world, name)
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)


def test_terms_that_changed_while_the_manager_read_are_not_agreed_to_unseen(world: World) -> None:
    plan = begin(world)
    plan.submit(by=world.robin, on=TODAY)
    read = Plan.objects.get().version
    plan.write(read, plan.text | {"limit_rate": Decimal("0.150")}, by=world.robin, on=TODAY)
    jordan, staff = signed_in(world, "jordan"), f"/accounts/{world.quillard.pk}/plan/{plan.pk}/"
    assert f'name="read" value="{read + 1}"' in jordan.get(staff).content.decode()
    refused = jordan.post(f"{staff}step/", {"step": "agree", "read": read}).content.decode()
    assert f"{world.robin.name} changed the text meanwhile." in refused
    assert not plan.verifications.exists()
    assert "This step is not known." in jordan.post(f"{staff}step/", {"step": "agree"}).content.decode()
    assert jordan.post(f"{staff}step/", {"step": "agree", "read": read + 1}).status_code == 302
    assert plan.verifications.get().limit_rate == Decimal("0.150")


@pytest.mark.parametrize("measure", ["late", "corrected", "long_stay", "cost"])
def test_no_plan_is_begun_of_what_no_examination_verifies(world: World, measure: str) -> None:
    trend = make_motors(world, measure=measure, discrepancy_type="")
    with pytest.raises(ValidationError, match="verified by"):
        Plan.start(trend, "P", by=world.robin, on=TODAY)
    page = signed_in(world, "robin").get(f"/trends/{trend.pk}/").content.decode()
    assert "Start a plan" not in page
