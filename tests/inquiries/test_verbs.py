"""What people do to an inquiry, what is refused, and what two at once come to."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account, Delegation, Membership
from documents.models import Document
from inquiries.models import Inquiry, Message, Overtaken, PrivateNote, Settled, State
from inquiries.signals import answered
from tests.inquiries.threads import RULING, asked, brought_in, group_of, later, text_file
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_a_question_waits_for_an_answer_that_is_promised(world: World) -> None:
    one = asked(world, about=world.examinations["held"], documents=[text_file()])
    assert one.state == State.OPEN
    assert one.due_at > one.quarter_at > one.half_at > one.asked_at
    assert one.about == world.examinations["held"]
    assert one.about_words == "examination EX-HELD"
    assert ("Type", "X-ray") in [tuple(pair) for pair in one.about_facts]
    assert Document.objects.get().about == one.messages.get()


def test_a_row_of_another_account_is_asked_about_there(world: World) -> None:
    """Who reads this account's inquiries may not see it, though the asker may, today."""
    Membership.objects.create(account=world.stranger, person=world.robin)
    with pytest.raises(ValidationError, match="another account"):
        asked(world, account=world.stranger, about=world.examinations["held"])
    today = timezone.localdate()
    Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["examinations"],
        power_of_attorney=today,
        expires=today + datetime.timedelta(days=30),
    )
    others = world.examinations["through_other"]
    with pytest.raises(ValidationError, match="another account"):
        asked(world, account=world.lindale, by=world.billie, about=others)
    assert asked(world, account=world.lindale, by=world.billie, about=world.examinations["held"]).about_words


@pytest.mark.parametrize("name", ["sam", "billie", "jordan", "hq", "expert"])
def test_only_members_ask_for_their_account(world: World, name: str) -> None:
    with pytest.raises(PermissionDenied):
        asked(world, by=world.people[name])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": "  "}, "subject"),
        ({"subject": "x" * 151}, "subject"),
        ({"text": "\n"}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"urgency": "now"}, "urgent_because"),
        ({"code": "result-data"}, "category"),
    ],
)
def test_a_slip_is_refused_beside_its_field(world: World, given: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(world, **given)
    assert field in refused.value.message_dict
    assert not Inquiry.objects.exists() or field == "text"


def test_a_row_of_somebody_else_cannot_be_attached(world: World) -> None:
    for row in (world.examinations["of_stranger"], world.examinations["review_open"], world.entries["stranger"]):
        with pytest.raises(ValidationError, match="not among yours"):
            asked(world, about=row)


def test_an_account_that_has_left_is_told_so_and_what_it_asked_before_is_still_answered(world: World) -> None:
    before = asked(world)
    Account.objects.filter(pk=world.quillard.pk).update(state=Account.State.WITHDRAWN)
    world.quillard.refresh_from_db()
    with pytest.raises(ValidationError, match="has left"):
        asked(world)
    before.answer(by=world.hq, text="8501.", **RULING)
    assert before.state == State.ANSWERED


def test_an_account_that_has_left_writes_to_what_waits_and_begins_nothing_again(world: World) -> None:
    waits, back, done, over = (asked(world, subject=f"Question {number}") for number in range(4))
    back.ask_back(by=world.jordan, text="With the gear?")
    for one in (done, over):
        one.answer(by=world.jordan, text="8501.", **RULING)
    over.close(by=world.robin)
    Account.objects.filter(pk=world.quillard.pk).update(state=Account.State.WITHDRAWN)
    for one in (waits, back):
        one = Inquiry.objects.get(pk=one.pk)
        one.reply(by=world.robin, text="Yes.")
        assert one.due_at is not None
    robin, where = signed_in(world, "robin"), "/inquiries/{}/{}"
    for one in (done, over):
        one, before = Inquiry.objects.get(pk=one.pk), one.messages.count()
        verbs = [lambda one=one: one.reply(by=world.robin, text="And?"), lambda one=one: one.reopen(by=world.robin)]
        for verb in verbs[: 1 if one == done else 2]:
            with pytest.raises(ValidationError, match="has left the Account Management Program"):
                verb()
        refused = robin.post(where.format(one.pk, "reply/"), {"text": "And?"})
        assert refused.status_code == 400
        page = robin.get(where.format(one.pk, "")).content.decode()
        assert "Ask the Center or the port" in page
        assert "reply/" not in page
        assert robin.post(where.format(one.pk, "reopen/"), follow=True).status_code == 200
        one.refresh_from_db()
        assert (one.state in ("answered", "closed"), one.due_at, one.messages.count()) == (True, None, before)
    with pytest.raises(ValidationError, match="has left"):
        Inquiry.objects.get(pk=done.pk).ask_back(by=world.hq, text="With the gear?")
    page = signed_in(world, "hq").get(f"/accounts/{world.quillard.pk}/inquiries/{over.pk}/").content.decode()
    assert "so it is not taken up again" in page
    assert "reopen/" not in page


def test_the_year_of_a_number_is_that_of_the_day_in_new_york(world: World) -> None:
    one = asked(world, now=datetime.datetime(2027, 1, 1, 3, 30, tzinfo=datetime.UTC))  # 10:30 p.m. of December 31
    assert one.number.startswith("2026-")


def test_a_file_that_is_not_taken_takes_the_whole_question_back(world: World) -> None:
    file, _ = text_file("MZ\x00\x01")
    one = asked(world)
    with pytest.raises(ValidationError) as refused:
        one.reply(by=world.robin, text="See the file", documents=[(file, "program.pdf")])
    assert "program.pdf" in refused.value.message_dict["documents"][0]
    assert one.messages.count() == 1


def test_the_clock_stands_still_between_a_question_back_and_the_reply(world: World) -> None:
    one = asked(world)
    promised = one.due_at
    one.ask_back(by=world.jordan, text="With the gear?")
    assert (one.state, one.due_at) == (State.ASKED_BACK, None)
    one.reply(by=world.robin, text="Yes.", now=later(24 * 14))
    assert one.state == State.OPEN
    assert one.due_at > promised


def test_a_reply_that_waited_while_cbp_asked_back_comes_after_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, lock = asked(world), Inquiry._locked

    def waited(self: Inquiry, seen: int | None = None) -> Inquiry:
        monkeypatch.undo()
        Inquiry.objects.get(pk=self.pk).ask_back(by=world.jordan, text="With the gear?")
        return lock(self, seen)

    monkeypatch.setattr(Inquiry, "_locked", waited)
    message = one.reply(by=world.robin, text="Yes.")
    assert one.state == State.OPEN
    assert one.pauses.get().ended == message.at > one.pauses.get().began


@pytest.mark.parametrize("verb", ["reply", "answer", "close"])
def test_a_clock_that_is_behind_ends_no_pause_before_it_began(world: World, verb: str) -> None:
    one = asked(world)
    one.ask_back(by=world.jordan, text="With the gear?", now=later(1))
    by, given = {
        "reply": (world.robin, {"text": "Yes."}),
        "answer": (world.jordan, {"text": "8501.", **RULING}),
        "close": (world.robin, {}),
    }[verb]
    getattr(one, verb)(by=by, **given)
    assert one.pauses.get().ended == one.pauses.get().began


def test_an_answer_settles_the_promise_as_kept_or_missed(world: World) -> None:
    asked(world).answer(by=world.jordan, text="8501.", **RULING)
    asked(world).answer(by=world.jordan, text="8501.", **RULING, now=later(24 * 30))
    assert list(Settled.objects.order_by("pk").values_list("kept", flat=True)) == [True, False]


def test_what_is_answered_is_taken_up_again_by_a_reply_with_a_new_promise(world: World) -> None:
    one = asked(world)
    one.answer(by=world.jordan, text="8501.", **RULING)
    assert one.due_at is None
    one.reply(by=world.robin, text="And with two gears?", now=later(1))
    assert one.state == State.OPEN
    assert one.clock_from > one.asked_at
    one.answer(by=world.jordan, text="The same.", **RULING, now=later(2))
    assert Settled.objects.count() == 2


def test_of_two_answers_at_the_same_second_the_second_is_told_and_nothing_is_sent(world: World) -> None:
    one = asked(world)
    seen = one.messages.get().pk
    one.answer(by=world.jordan, text="8501.", **RULING, seen=seen)
    with pytest.raises(Overtaken, match="Jordan Ellery has written"):
        one.answer(by=world.hq, text="8483.", **RULING, seen=seen)
    assert one.messages.count() == 2
    one.answer(by=world.hq, text="8483.", **RULING, seen=one.messages.last().pk)


@pytest.mark.parametrize("name", ["robin", "sam", "billie", "morgan", "expert"])
def test_nobody_else_answers_asks_back_or_brings_in(world: World, name: str) -> None:
    one, person = asked(world), world.people[name]
    brought_in(world, one)
    for verb, given in (
        (one.answer, {"text": "x"}),
        (one.ask_back, {"text": "x"}),
        (one.bring_in, {"group": group_of(world), "because": "x"}),
    ):
        with pytest.raises(PermissionDenied):
            verb(by=person, **given)
    if name != "expert":
        with pytest.raises(PermissionDenied):
            one.note(by=person, text="x")
    assert one.messages.count() == 1


@pytest.mark.parametrize("name", ["sam", "billie", "jordan", "morgan", "expert", "hq"])
def test_nobody_else_replies_for_the_account(world: World, name: str) -> None:
    with pytest.raises(PermissionDenied):
        asked(world).reply(by=world.people[name], text="x")


def test_an_answer_names_what_it_rests_on_or_is_refused(world: World) -> None:
    one = asked(world)
    for kind, text in (
        ("ruling", "somewhere"),
        ("cfr", "chapter 1"),
        ("", "N301234"),
        ("", ""),
        ("notice", ""),
        ("none", ""),
    ):
        with pytest.raises(ValidationError):
            one.answer(by=world.jordan, text="8501.", authority_kind=kind, authority=text)
    sent = one.answer(by=world.jordan, text="8501.", authority_kind="cfr", authority="19 CFR 152.103(a)")
    assert (sent.authority, sent.authority_link) == (
        "152.103(a)", "https://www.ecfr.gov/current/title-19/section-152.103",
    )  # fmt: skip


def test_what_only_tells_facts_says_so_with_its_reason(world: World) -> None:
    one = asked(world, "hold")
    with pytest.raises(ValidationError, match="up to 200"):
        one.answer(by=world.jordan, text="Tuesday.", authority_kind="none", why_no_authority="x" * 201)
    sent = one.answer(
        by=world.jordan, text="Tuesday.", authority_kind="none", why_no_authority=" It tells when  it was released. "
    )
    assert (sent.authority_kind, sent.authority, sent.why_no_authority) == (
        "none",
        "",
        "It tells when it was released.",
    )
    assert sent.authority_link == ""
    page = signed_in(world, "robin").get(f"/inquiries/{one.pk}/").content.decode()
    assert "It tells when it was released." in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=sent.pk).update(authority_kind="", why_no_authority="")


def test_of_goods_not_imported_yet_an_answer_names_a_ruling_or_how_to_ask_for_one(world: World) -> None:
    one = asked(world, not_imported=True)
    for rests in (
        {"authority_kind": "none", "why_no_authority": "Facts."},
        {"authority_kind": "cfr", "authority": "152.11"},
    ):
        with pytest.raises(ValidationError, match="only a ruling binds"):
            one.answer(by=world.jordan, text="8501.", **rests)
    page = signed_in(world, "jordan").get(f"/inquiries/{one.pk}/")
    assert "erulings.cbp.gov" in page.context["answer_form"]["text"].value()
    begun = {
        f"answer-{name}": page.context["answer_form"][name].value() for name in ("text", "authority_kind", "authority")
    }
    begun["answer-seen"] = one.messages.last().pk
    assert signed_in(world, "jordan").post(f"/inquiries/{one.pk}/answer/", begun).status_code == 302
    assert (one.messages.last().authority, one.messages.last().kind) == ("177.2", "answer")
    assert asked(world, not_imported=True).answer(by=world.jordan, text="As there.", **RULING).authority == "N301234"


def test_goods_not_imported_yet_lead_to_a_ruling_and_to_no_expert(world: World) -> None:
    one = asked(world, not_imported=True)
    assert "ruling" in one.steps.get(staff_only=False).words
    with pytest.raises(ValidationError, match="ruling"):
        one.bring_in(by=world.jordan, group=group_of(world), because="Look")


def test_closing_and_taking_up_again(world: World) -> None:
    one = asked(world)
    with pytest.raises(ValidationError, match="answer first"):
        one.close(by=world.jordan)
    assert one.close(by=world.robin)
    assert not one.close(by=world.robin)
    assert one.due_at is None
    for verb, more in ((one.answer, RULING), (one.ask_back, {})):
        with pytest.raises(ValidationError, match="closed"):
            verb(by=world.jordan, text="8501.", **more)
    assert one.reopen(by=world.robin)
    assert not one.reopen(by=world.robin)
    assert one.due_at is not None


@pytest.mark.parametrize("asked_back", [False, True])
def test_what_is_late_stays_missed_however_it_ends(world: World, asked_back: bool) -> None:
    late, in_time = asked(world), asked(world)
    for one, at in ((late, later(24 * 30)), (in_time, later(0))):
        if asked_back:
            one.ask_back(by=world.jordan, text="With the gear?", now=at)
        one.close(
            by=world.jordan if asked_back else world.robin, now=at + datetime.timedelta(days=90 if asked_back else 0)
        )
    assert list(late.promises.values_list("kept", flat=True)) == [False]
    assert not in_time.promises.exists()


def test_whoever_listens_hears_of_an_answer_inside_the_transaction(world: World) -> None:
    one = asked(world)

    def refuse(**kwargs: object) -> None:
        raise ValueError("No")

    answered.connect(refuse)
    try:
        with pytest.raises(ValueError, match="No"):
            one.answer(by=world.jordan, text="8501.", **RULING)
    finally:
        answered.disconnect(refuse)
    assert not Message.objects.filter(kind="answer").exists()
    one.refresh_from_db()
    assert one.state == State.OPEN


def test_notes_are_of_cbps_side(world: World) -> None:
    one = asked(world)
    brought_in(world, one)
    one.note(by=world.expert, text="A motor.")
    one.note(by=world.jordan, text="Thanks.")
    assert PrivateNote.objects.count() == 2
    one.release(world.expert, by=world.expert)
    with pytest.raises(PermissionDenied):
        one.note(by=world.expert, text="One more.")
