"""The pages, as people use them: asking from a row, answering, two at once, filling in, lists and files."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Account
from inquiries.models import Absence, AnswerTemplate, ExpertGroup, Inquiry
from inquiries.placeholders import MISSING, filled, unknown_in
from inquiries.promises.figures import MANAGERS, SMALL
from tests.inquiries.threads import RULING, asked, brought_in, group_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
RESTS = {f"answer-{name}": value for name, value in RULING.items()}
QUESTION = {
    "category": "hold",
    "subject": "Our container",
    "text": "What <b>papers</b> are missing?",
    "urgency": "usual",
}


def test_a_member_asks_from_a_held_shipment_and_its_facts_go_along(world: World) -> None:
    robin, held = signed_in(world, "robin"), world.examinations["held"]
    page = robin.get(f"/examinations/{held.pk}/").content.decode()
    link = f"/inquiries/new/?about=examination:{held.pk}"
    assert link in page
    form = robin.get(link).content.decode()
    assert "examination EX-HELD" in form
    for edge in ("it binds nobody", "It stops no deadline", "162.74", "erulings.cbp.gov"):
        assert form.index(edge) < form.index("Send the question")
    sent = robin.post(
        link, QUESTION | {"documents": [SimpleUploadedFile("a.txt", b"A"), SimpleUploadedFile("b.txt", b"B")]}
    )
    one = Inquiry.objects.get()
    assert sent["Location"] == f"/inquiries/{one.pk}/"
    page = robin.get(sent["Location"]).content.decode()
    assert "What &lt;b&gt;papers" in page
    assert "a.txt" in page
    assert "EX-HELD" in page
    assert "TARGETED" not in page
    assert "Targeted" not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"subject": ""}, "Say in a few words"),
        ({"category": "nothing"}, "valid choice"),
        ({"category": "result-data"}, "valid choice"),
        ({"urgency": "now"}, "Say why it cannot wait"),
        ({"urgency": "at once"}, "valid choice"),
        ({"heading": "85x"}, "no HTS number"),
        ({"text": ""}, "Write your question"),
    ],
)
def test_a_slip_is_said_and_what_was_typed_stays(world: World, wrong: dict[str, str], said: str) -> None:
    answer = signed_in(world, "robin").post("/inquiries/new/", QUESTION | wrong)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert wrong.get("subject", "Our container") in page
    assert not Inquiry.objects.exists()


def test_an_account_that_has_left_is_told_so_before_it_writes(world: World) -> None:
    Account.objects.filter(pk=world.quillard.pk).update(state="withdrawn")
    robin = signed_in(world, "robin")
    page = robin.get("/inquiries/new/").content.decode()
    assert "has left the Account Management Program" in page
    assert "Send the question" not in page
    assert robin.post("/inquiries/new/", QUESTION).status_code == 400


def test_the_two_boxes_cannot_be_confused(world: World) -> None:
    one = asked(world)
    page = signed_in(world, "jordan").get(f"/inquiries/{one.pk}/").content.decode()
    assert "Send to Quillard Electric" in page
    assert "Keep for staff only" in page
    public, private = page.index('class="compose__pub"'), page.index('class="compose__pri"')
    assert page[public:private].count("<form") == 1
    assert f"/inquiries/{one.pk}/note/" not in page[public:private]


def test_of_two_answers_the_second_is_told_and_loses_no_word(world: World) -> None:
    one = asked(world)
    seen = str(one.messages.get().pk)
    jordan, hq, where = signed_in(world, "jordan"), signed_in(world, "hq"), f"/inquiries/{one.pk}/answer/"
    assert jordan.post(where, RESTS | {"answer-text": "It is 8501.", "answer-seen": seen}).status_code == 302
    second = hq.post(where, RESTS | {"answer-text": "It is 8483.", "answer-seen": seen})
    page = second.content.decode()
    assert second.status_code == 400
    assert "Jordan Ellery has written in the meantime" in page
    assert "It is 8501." in page
    assert "It is 8483.</textarea>" in page
    again = str(one.messages.order_by("pk").last().pk)
    assert f'value="{again}"' in page
    assert hq.post(where, RESTS | {"answer-text": "It is 8483.", "answer-seen": again}).status_code == 302


def test_a_template_is_filled_in_with_the_accounts_figures(world: World) -> None:
    one = asked(world, heading="8501104020")
    template = AnswerTemplate.objects.create(
        name="T", text="Dear {asker}, {account} imported {heading_value_12_months} of {heading}; bond {bond_amount}."
    )
    page = signed_in(world, "jordan").get(f"/inquiries/{one.pk}/", {"template": template.pk}).content.decode()
    assert "Dear Robin Castell, Quillard Electric imported $" in page
    assert f"bond {MISSING}." in page


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{account} and {{braces}}", False), ("{nothing}", True), ("{account!r}", True), ("{account:>99999999}", True),
        ("{account.pk}", True), ("{0}", True), ("{", True), ("}", True), ("", False),
    ],
)  # fmt: skip
def test_a_template_with_a_placeholder_that_nothing_fills_is_not_kept(text: str, wrong: bool) -> None:
    assert bool(unknown_in(text)) == wrong
    if not wrong:
        filled(text, {})


def test_the_list_narrows_and_nonsense_asks_nothing(world: World) -> None:
    one = asked(world, subject="Gears")
    asked(world, subject="=cmd|' /C calc'!A0")
    robin = signed_in(world, "robin")
    assert "Gears" in robin.get("/inquiries/", {"words": one.number}).content.decode()
    assert "Gears" not in robin.get("/inquiries/", {"show": "done"}).content.decode()
    for nonsense in (
        {"show": "x"}, {"category": "x"}, {"words": "\0"}, {"words": "%" * 90}, {"page": "9" * 30}, {"words": "9" * 40},
        {"download": "exe"},
    ):  # fmt: skip
        assert robin.get("/inquiries/", nonsense).status_code == 200, nonsense
    for kind in ("csv", "xlsx"):
        assert robin.get("/inquiries/", {"download": kind}).status_code == 200
    assert "'=cmd" in robin.get("/inquiries/", {"download": "csv"}).content.decode()


def test_first_pages_show_what_waits(world: World) -> None:
    one = asked(world, subject="Gears of today")
    for name, seen in (("robin", True), ("sam", False), ("jordan", True), ("morgan", False), ("expert", False)):
        assert ("Gears of today" in signed_in(world, name).get("/").content.decode()) == seen, name
    brought_in(world, one)
    assert "Gears of today" in signed_in(world, "expert").get("/").content.decode()
    hq = signed_in(world, "hq")
    assert "late</a>" not in hq.get("/").content.decode()
    Inquiry.objects.filter(pk=one.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert "1 question is late</a>" in hq.get("/").content.decode()
    one.ask_back(by=world.jordan, text="With the gear?")
    assert "CBP waits for your reply" in signed_in(world, "robin").get("/").content.decode()


def test_a_rule_is_tried_in_the_admin_before_it_is_kept(world: World) -> None:
    asked(world)
    hq, group = signed_in(world, "hq"), group_of(world)
    sent = {"place": "10", "name": "Motors", "active": "on", "group": str(group.pk), "categories": ["classification"]}
    tried = hq.post("/admin/inquiries/rule/add/", sent).content.decode()
    assert "would go elsewhere" in tried
    assert "nobody: the manager alone" in tried
    assert not group.members.model.objects.none()
    from_there = hq.post("/admin/inquiries/rule/add/", sent | {"_tried": "1"})
    assert from_there.status_code == 302
    assert "Motors" in hq.get("/admin/inquiries/rule/").content.decode()
    wrong = hq.post("/admin/inquiries/rule/add/", sent | {"name": "Others", "headings": "8504-8501"})
    assert "ends before it begins" in wrong.content.decode()


def test_an_expert_is_chosen_from_their_group_and_from_no_other(world: World) -> None:
    one, group = asked(world), group_of(world)
    other = ExpertGroup.objects.create(name="Valuation")
    today = timezone.localdate()
    Absence.objects.create(expert=world.expert, starts=today, ends=today + timedelta(days=1))
    jordan, where = signed_in(world, "jordan"), f"/inquiries/{one.pk}/experts/"
    page = jordan.get(f"/inquiries/{one.pk}/").content.decode()
    assert f'<optgroup label="{group.name}">' in page
    assert "Expert Nobody, away today" in page
    for wrong in ("", "x", f"{other.pk}:{world.expert.pk}", f"{group.pk}:{world.jordan.pk}"):
        assert jordan.post(where, {"bring-whom": wrong, "bring-because": "Look"}).status_code == 400
    right = {"bring-whom": f"{group.pk}:{world.expert.pk}", "bring-because": "Look"}
    assert "Expert Nobody sees it now." in jordan.post(where, right, follow=True).content.decode()


def test_a_member_takes_back_a_question_that_is_late(world: World) -> None:
    one = asked(world)
    Inquiry.objects.filter(pk=one.pk).update(clock_from=timezone.now() - timedelta(days=60))
    page = signed_in(world, "robin").post(f"/inquiries/{one.pk}/close/", follow=True)
    assert page.status_code == 200
    one.refresh_from_db()
    assert one.state == "closed"
    assert [settled.kept for settled in one.promises.all()] == [False]


def test_headquarters_lets_an_expert_leave_on_the_page(world: World) -> None:
    one = asked(world)
    brought_in(world, one)
    hq = signed_in(world, "hq")
    assert "Expert Nobody" in hq.get("/inquiries/experts/").content.decode()
    assert signed_in(world, "jordan").post(f"/inquiries/experts/{world.expert.pk}/leave/").status_code == 404
    page = hq.post(f"/inquiries/experts/{world.expert.pk}/leave/", follow=True).content.decode()
    assert "1 inquiry goes to others" in page
    assert not one.involved.filter(until=None).exists()


def test_the_page_of_promises_names_no_person(world: World) -> None:
    one = asked(world)
    brought_in(world, one)
    one.answer(by=world.jordan, text="8501.", **RULING, now=timezone.now())
    asked(world).answer(by=world.jordan, text="8501.", **RULING)
    page = signed_in(world, "hq").get("/inquiries/promises/").content.decode()
    main = page[page.index("<main") :]
    assert MANAGERS in main
    assert SMALL not in main  # it would be the one expert's
    assert "Machinery classification" not in main
    assert "Expert Nobody" not in main
    assert "Jordan" not in main
