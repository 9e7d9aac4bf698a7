"""CBP's notes of contacts: who reads and writes them, what is refused, and who is reminded of what follows."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Assignment
from accounts.scope import acting_for
from inquiries.models import Contact, FollowUp
from inquiries.reminding import remind
from inquiries.reviewing import next_review, review_of, reviews_due
from notifications.models import Delivery, Message
from tests.inquiries.threads import asked, brought_in
from tests.named_people import World
from tests.notices.writing import published
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
SAID = {"kind": "call", "on": TODAY - DAY, "whom": "Robin", "words": "They will send the test of March."}
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]


def noted(world: World, **given: object) -> Contact:
    return Contact.note(world.quillard, by=world.jordan, today=TODAY, **(SAID | given))


def followed(world: World, due: datetime.date) -> FollowUp:
    return FollowUp.plan(noted(world), what="Ask for the test", due=due, by=world.jordan, today=TODAY)


@pytest.mark.parametrize("name", EVERYONE)
def test_notes_open_to_cbps_side_of_the_account_alone(world: World, name: str) -> None:
    followed(world, TODAY + DAY)
    person, seen = world.people[name], name in {"jordan", "hq"}
    with acting_for(person):
        assert Contact.objects.exists() == seen
        assert FollowUp.objects.exists() == seen
        if not seen:
            with pytest.raises(DatabaseError), transaction.atomic():
                Contact.objects.create(account=world.quillard, by=person, **SAID)
    assert Contact.objects.visible_to(person).exists() == seen
    assert FollowUp.objects.visible_to(person).exists() == seen
    assert signed_in(world, name).get(f"/accounts/{world.quillard.pk}/contacts/").status_code == (200 if seen else 404)


def test_a_row_of_another_account_is_not_there_and_no_link_leads_to_it(world: World) -> None:
    held = world.examinations["held"]
    inquiry = asked(world, about=held)
    page = f"/accounts/{world.quillard.pk}/inquiries/{inquiry.pk}/"
    contacts = f"/accounts/{world.quillard.pk}/contacts/"
    for name in ("jordan", "hq"):
        assert f"{contacts}?about=examination%3A{held.pk}" in signed_in(world, name).get(page).content.decode()
    # Its number moved: headquarters sees it, at the other account.
    type(held).objects.filter(pk=held.pk).update(account=world.stranger, filer=None)
    for name in ("jordan", "hq"):
        client = signed_in(world, name)
        assert f'href="{contacts}"' in (text := client.get(page).content.decode())
        assert "?about=" not in text
        for row in (held, world.examinations["of_stranger"]):
            assert client.get(contacts, {"about": f"examination:{row.pk}"}).status_code == 404
            sent = {"kind": "call", "on": f"{TODAY:%m/%d/%Y}", "whom": "Robin", "words": "x"}
            assert client.post(f"{contacts}?about=examination:{row.pk}", sent).status_code == 404
    assert not Contact.objects.exists()


@pytest.mark.parametrize("name", ["robin", "morgan", "expert"])
def test_nobody_else_notes_plans_or_finishes(world: World, name: str) -> None:
    one, person = followed(world, TODAY), world.people[name]
    with pytest.raises(PermissionDenied):
        Contact.note(world.quillard, by=person, today=TODAY, **SAID)
    with pytest.raises(PermissionDenied):
        FollowUp.plan(one.contact, what="x", due=TODAY, by=person, today=TODAY)
    with pytest.raises(PermissionDenied):
        one.finish(by=person, on=TODAY)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("on", TODAY + DAY, "ahead"),
        ("on", datetime.date(1016, 1, 1), "year right"),
        ("whom", " ", "with whom"),
        ("words", "\n", "what was said"),
        ("words", "x" * 4001, "what was said"),
        ("kind", "dream", "what kind"),
    ],
)
def test_a_slip_is_refused_beside_its_field(world: World, field: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        noted(world, **{field: value})
    assert said in refused.value.message_dict[field][0]


@pytest.mark.parametrize("due", [TODAY - DAY, TODAY + 800 * DAY, datetime.date(9999, 12, 31)])
def test_what_follows_has_a_day_ahead_and_not_too_far(world: World, due: datetime.date) -> None:
    with pytest.raises(ValidationError, match=r"past|year right"):
        followed(world, due)


def test_only_its_writer_corrects_a_note_and_the_old_words_stay_in_the_history(world: World) -> None:
    one = noted(world)
    with pytest.raises(PermissionDenied):
        one.change(**(SAID | {"words": "other"}), by=world.hq, today=TODAY)
    one.change(**(SAID | {"words": "They have sent it."}), by=world.jordan, today=TODAY)
    words = list(one.events.order_by("pgh_id").values_list("words", flat=True))
    assert words == [SAID["words"], "They have sent it."]


def test_whoever_takes_the_account_over_reads_and_finishes_it(world: World) -> None:
    one = followed(world, TODAY)
    Assignment.objects.filter(account=world.quillard).update(manager=world.morgan)
    assert not Contact.objects.visible_to(world.jordan).exists()
    assert one.finish(by=world.morgan, on=TODAY)
    assert not one.finish(by=world.morgan, on=TODAY + DAY)
    assert one.done_on == TODAY


def test_the_manager_is_reminded_once_before_and_once_after_however_late_the_task_runs(world: World) -> None:
    one = followed(world, TODAY + 10 * DAY)
    assert [remind(TODAY + days * DAY) for days in (0, 6, 7, 8, 12, 13, 14, 41)] == [0, 0, 1, 0, 0, 1, 0, 0]
    told = Delivery.objects.filter(message__topic="follow-up")
    assert set(told.values_list("person", flat=True)) == {world.jordan.pk}
    assert Message.objects.order_by("created_at").last().subject == "Late: follow-up with Quillard Electric"
    one.finish(by=world.jordan, on=TODAY)


def test_what_is_done_reminds_nobody(world: World) -> None:
    followed(world, TODAY).finish(by=world.jordan, on=TODAY)
    assert remind(TODAY) == 0


def test_a_manager_notes_a_call_with_what_follows_and_ticks_it_off(world: World) -> None:
    jordan, where = signed_in(world, "jordan"), f"/accounts/{world.quillard.pk}/contacts/"
    due = TODAY + 3 * DAY
    sent = {
        "kind": "visit", "on": f"{TODAY:%m/%d/%Y}", "whom": "Lee", "words": "Saw the <b>warehouse</b>.",
        "what": "Send the list", "due": f"{due:%m/%d/%Y}",
    }  # fmt: skip
    jordan.post(where, sent)
    page = jordan.get(where).content.decode()
    assert "Saw the &lt;b&gt;warehouse" in page
    assert "Send the list" in page
    one = FollowUp.objects.get()
    jordan.post(f"{where}done/{one.pk}/")
    assert "nothing is left to be done" in jordan.get(where).content.decode()
    assert signed_in(world, "morgan").post(f"{where}done/{one.pk}/").status_code == 404


def test_what_is_due_or_late_stands_on_the_managers_first_page_and_on_nobody_elses(world: World) -> None:
    followed(world, TODAY + 30 * DAY)
    assert b"Ask for the test" not in signed_in(world, "jordan").get("/").content
    FollowUp.objects.update(due=TODAY - DAY)
    for name in EVERYONE:
        assert (b"Ask for the test" in signed_in(world, name).get("/").content) == (name == "jordan")


def test_of_a_note_and_a_slip_in_what_follows_neither_is_kept(world: World) -> None:
    jordan, where = signed_in(world, "jordan"), f"/accounts/{world.quillard.pk}/contacts/"
    sent = {"kind": "call", "on": f"{TODAY:%m/%d/%Y}", "whom": "Lee", "words": "Said much"}
    for wrong in ({"what": "Send"}, {"due": "01/01/2001", "what": "Send"}, {"due": "soon"}, {"due": "01/01/2099"}):
        page = jordan.post(where, sent | wrong).content.decode()
        assert "Nothing was saved" in page
        assert "Said much" in page
    assert not Contact.objects.exists()


def test_a_colleague_adds_what_follows_and_changes_no_word(world: World) -> None:
    one = noted(world)
    hq, where = signed_in(world, "hq"), f"/accounts/{world.quillard.pk}/contacts/{one.pk}/"
    due = TODAY + DAY
    hq.post(where, {"words": "Other words", "what": "Call back", "due": f"{due:%m/%d/%Y}"})
    one.refresh_from_db()
    assert one.words == SAID["words"]
    assert one.follow_ups.get().by == world.hq


# ---- what it concerns, and the yearly review --------------------------------------------------------------------


def test_a_contact_is_linked_to_what_it_concerns(world: World) -> None:
    base, held = f"/accounts/{world.quillard.pk}", world.examinations["held"]
    client = signed_in(world, "jordan")
    form = {**SAID, "on": f"{TODAY:%m/%d/%Y}"}
    assert "About examination" in client.get(f"{base}/contacts/?about=examination:{held.pk}").content.decode()
    assert client.post(f"{base}/contacts/?about=examination:{held.pk}", form).status_code == 302
    assert Contact.objects.get().about == held
    assert f'href="{base}/examinations/{held.pk}/"' in client.get(f"{base}/contacts/").content.decode()


def test_a_contact_about_a_notice_leads_to_where_notices_stand(world: World) -> None:
    notice = published(world)
    Contact.note(world.quillard, by=world.jordan, today=TODAY, about=notice, **SAID)
    client = signed_in(world, "jordan")
    page = client.get(f"/accounts/{world.quillard.pk}/contacts/").content.decode()
    assert f'href="/notices/{notice.pk}/"' in page
    assert client.get(f"/notices/{notice.pk}/").status_code == 200


def test_from_an_inquiry_staff_note_a_contact_about_the_same_row(world: World) -> None:
    held, where = world.examinations["held"], f"/accounts/{world.quillard.pk}/contacts/"
    about, none = asked(world, about=held), asked(world)
    brought_in(world, about)
    for inquiry, link in ((about, f"{where}?about=examination%3A{held.pk}"), (none, where)):
        client = signed_in(world, "jordan")
        assert f'href="{link}"' in client.get(f"/inquiries/{inquiry.pk}/").content.decode()
        assert client.get(link).status_code == 200
    assert "About examination" in client.get(f"{where}?about=examination%3A{held.pk}").content.decode()
    for name in ("robin", "expert"):
        assert "Note a contact" not in signed_in(world, name).get(f"/inquiries/{about.pk}/").content.decode()


@pytest.mark.parametrize("named", ["examination:0", "examination:", "nonsense", "person:1", "examination:\0"])
def test_what_one_may_not_see_is_no_row_to_link(world: World, named: str) -> None:
    address = f"/accounts/{world.quillard.pk}/contacts/"
    client, foreign = signed_in(world, "jordan"), world.examinations["of_stranger"]
    for about in (named, f"examination:{foreign.pk}"):
        assert client.get(address, {"about": about}).status_code == 404
        assert client.post(f"{address}?about=examination:{foreign.pk}", SAID).status_code == 404
    assert not Contact.objects.exists()


def test_the_yearly_review_is_due_a_year_after_the_last(world: World) -> None:
    """Jordan answers for Quillard since 365 days: without a review one is due by now."""
    assert next_review(datetime.date(2024, 2, 29), None) == datetime.date(2025, 2, 28)
    assert next_review(None, None) is None
    begun = Assignment.objects.get(account=world.quillard).starts
    assert review_of(world.quillard) == next_review(None, begun)
    due = reviews_due([world.quillard.pk, world.stranger.pk], TODAY + 30 * DAY, 9)
    assert {one.name for one in due} == {"Quillard Electric", "Stranger Goods"}
    assert [one.name for one in reviews_due([world.quillard.pk], TODAY + 30 * DAY, 9)] == ["Quillard Electric"]
    assert "Hold the yearly review" in signed_in(world, "jordan").get("/").content.decode()
    noted(world, kind="review", on=TODAY)
    assert review_of(world.quillard) == next_review(TODAY, begun)
    assert reviews_due([world.quillard.pk], TODAY + 30 * DAY, 9) == []
    page = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/contacts/").content.decode()
    assert "The yearly review is due by" in page
    assert "Hold the yearly review" not in signed_in(world, "jordan").get("/").content.decode()
