"""Every person, every action, on an inquiry of Quillard Electric and on one of Stranger Goods: allowed or as if it were not;
and nothing foreign in any page, list, picker, search, mail, download or call of the API."""

import itertools
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from documents.models import Document
from inquiries.models import Contact, FollowUp, Inquiry, KnowledgeEntry, Message, PrivateNote
from inquiries.telling import tell
from notifications.models import Delivery
from tests.inquiries.test_knowledge import TEXTS as KNOWN
from tests.inquiries.threads import RULING, asked, brought_in, group_of, text_file
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PEOPLE = ["robin", "sam", "billie", "jordan", "morgan", "expert", "hq"]
#: Who may do it, to the inquiry of Quillard Electric and to that of Stranger Goods. The expert was brought into the first.
MAY = {
    "read": ({"robin", "jordan", "expert", "hq"}, {"sam", "morgan", "hq"}),
    "file": ({"robin", "jordan", "expert", "hq"}, {"sam", "morgan", "hq"}),
    "reply": ({"robin"}, {"sam"}),
    "answer": ({"jordan", "hq"}, {"morgan", "hq"}),
    "ask back": ({"jordan", "hq"}, {"morgan", "hq"}),
    "note": ({"jordan", "expert", "hq"}, {"morgan", "hq"}),
    "bring in": ({"jordan", "hq"}, {"morgan", "hq"}),
    "let go": ({"jordan", "expert", "hq"}, set()),
    "close": ({"robin", "jordan", "hq"}, {"sam", "morgan", "hq"}),
    "take up": ({"robin", "jordan", "hq"}, {"sam", "morgan", "hq"}),
    "propose": ({"jordan", "expert", "hq"}, {"morgan", "hq"}),
    # Beside the inquiry, with the same account.
    "write down": ({"jordan", "hq"}, {"morgan", "hq"}),
    "contacts": ({"jordan", "hq"}, {"morgan", "hq"}),
    "contact": ({"jordan", "hq"}, {"morgan", "hq"}),
    "note a contact": ({"jordan", "hq"}, {"morgan", "hq"}),
    "follow up": ({"jordan", "hq"}, {"morgan", "hq"}),
}
READS = {"read", "file", "contacts", "contact"}
#: What only CBP's side reads, and who does as who may do what; and what nobody else than the account and CBP's side reads.
SECRET = {
    "quillard": {"Quillard-note": "note", "Quillard-contact": "contacts", "Quillard-follow-up": "contacts"},
    "stranger": {"Stranger-note": "note", "Stranger-contact": "contacts", "Stranger-follow-up": "contacts"},
}
TOLD = {
    "quillard": ["Quillard-subject", "Quillard-words", "quillard-sheet.txt"],
    "stranger": ["Stranger-subject", "Stranger-words", "stranger-sheet.txt"],
}


@pytest.fixture
def both(world: World) -> dict[str, Inquiry]:
    """An inquiry of each importer, with words that are found again wherever they stand."""
    file, _ = text_file()
    made = {
        name: asked(
            world, account=getattr(world, name), by=by, subject=f"{name.title()}-subject", text=f"{name.title()}-words",
            documents=[(type(file)(f"{name}.".encode()), f"{name}-sheet.txt")],
        )
        for name, by in (("quillard", world.robin), ("stranger", world.sam))
    }  # fmt: skip
    brought_in(world, made["quillard"])
    made["quillard"].note(by=world.expert, text="Quillard-note")
    made["stranger"].note(by=world.morgan, text="Stranger-note")
    for name, by in (("quillard", world.jordan), ("stranger", world.morgan)):
        noted = Contact.note(
            getattr(world, name),
            kind="call",
            on=TODAY,
            whom="Them",
            words=f"{name.title()}-contact",
            by=by,
            today=TODAY,
        )
        FollowUp.plan(noted, what=f"{name.title()}-follow-up", due=TODAY, by=by, today=TODAY)
    return made


def counted() -> list[int]:
    """How many rows there are of all that an action could make or settle."""
    rows = [model.objects.all() for model in (Message, PrivateNote, Inquiry, Contact, FollowUp, KnowledgeEntry)]
    return [one.count() for one in (*rows, FollowUp.objects.open())]  # type: ignore[attr-defined]


def act(client: Client, action: str, one: Inquiry, world: World) -> int:
    """The status of an action's answer."""
    where = f"/inquiries/{one.pk}/"
    seen = one.messages.order_by("pk").last().pk
    rests = {"answer-authority_kind": "ruling", "answer-authority": "N301234"}
    answer = {"answer-text": "Done", "answer-seen": str(seen)} | rests
    calls = {
        "reply": ("reply/", {"text": "More"}),
        "answer": ("answer/", answer),
        "ask back": ("answer/", answer | {"do": "ask_back"}),
        "note": ("note/", {"note-kind": "note", "note-text": "Note"}),
        "bring in": ("experts/", {"bring-whom": str(group_of(world).pk), "bring-because": "Look"}),
        "let go": (f"experts/{world.expert.pk}/release/", {}),
        "close": ("close/", {}),
        "take up": ("reopen/", {}),
        "propose": ("for-everybody/", KNOWN),
    }
    beside = f"/accounts/{one.account_id}"
    contact = Contact.objects.filter(account=one.account).earliest("pk")
    called = {"category": "hold", "subject": "The container", "text": "Why?", "urgency": "usual", "via": "call"}
    calls_beside = {
        "write down": ("/inquiries/written-down/", called | {"asker": str(one.asked_by_id)}),
        "note a contact": ("/contacts/", {"kind": "call", "on": f"{TODAY:%m/%d/%Y}", "whom": "Them", "words": "More"}),
        "follow up": (f"/contacts/done/{contact.follow_ups.get().pk}/", {}),
    }
    if action == "read":
        return client.get(where).status_code
    if action == "file":
        document = Document.objects.get(account=one.account)
        return client.get(f"{where}files/{document.pk}/").status_code
    if action in ("contacts", "contact"):
        return client.get(
            f"{beside}/contacts/{contact.pk}/" if action == "contact" else f"{beside}/contacts/"
        ).status_code
    if action in calls_beside:
        path, sent = calls_beside[action]
        return client.post(beside + path, sent).status_code
    path, sent = calls[action]
    return client.post(where + path, sent).status_code


@pytest.mark.parametrize("name", PEOPLE)
def test_every_action_is_allowed_to_whom_it_is_and_to_others_as_if_it_were_not(
    world: World, both: dict[str, Inquiry], name: str
) -> None:
    client = signed_in(world, name)
    for action, allowed in MAY.items():
        for one, who in zip(both.values(), allowed, strict=True):
            if action == "propose":
                one.answer(by=world.hq, text="8501.", **RULING)
            before = counted()
            status = act(client, action, one, world)
            assert status == (404 if name not in who else 200 if action in READS else 302), (action, one)
            if name not in who:
                assert counted() == before, action
            elif action in ("propose", "write down", "note a contact", "follow up"):
                assert counted() != before, action
            Inquiry.objects.update(state="open")
            if not one.involved.filter(until=None).exists() and one.account_id == world.quillard.pk:
                one.involved.update(until=None)


def pages(world: World, both: dict[str, Inquiry]) -> list[str]:
    """Everywhere that an inquiry, or a word of it, could stand."""
    found = ["/", "/inquiries/?show=all", "/inquiries/?show=all&download=csv", "/api/v1/inquiries/", "/find/?q=subject"]
    found += [f"/inquiries/?show=all&words={word}" for word in ("subject", "Quillard", "2026-")]
    found += ["/inquiries/new/", "/inquiries/promises/", "/inquiries/experts/"]
    found += [f"/inquiries/alike/?subject={name}-subject+{name}-words" for name in ("Quillard", "Stranger")]
    for account, one in itertools.product((world.quillard, world.stranger, world.lindale), both.values()):
        base = f"/accounts/{account.pk}"
        found += [f"{base}/inquiries/?show=all", f"{base}/inquiries/{one.pk}/", f"{base}/inquiries/?download=csv"]
        found += [f"/api/v1/inquiries/?account={account.pk}", f"/api/v1/inquiries/{one.pk}/"]
        found += [f"/api/v1/inquiries/{one.pk}/messages/", f"/inquiries/{one.pk}/"]
        found += [f"{base}/contacts/", f"{base}/inquiries/written-down/", f"/inquiries/{one.pk}/for-everybody/"]
        found += [f"{base}/contacts/{contact.pk}/" for contact in Contact.objects.all()]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("name", PEOPLE)
def test_nothing_foreign_stands_anywhere(world: World, both: dict[str, Inquiry], name: str) -> None:
    for one, by in ((both["quillard"], world.jordan), (both["stranger"], world.morgan)):
        one.answer(by=by, text="8501.", **RULING)  # what is answered is offered to who asks something alike
    client = signed_in(world, name)
    read = ""
    for page in pages(world, both):
        answer = client.get(page)
        if answer.status_code == 200:
            text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
            # What one typed oneself into the search stands in its box again.
            read += re.sub(r'value="[^"]*"', "", text)
    for place, account in enumerate(("quillard", "stranger")):
        reads = name in MAY["read"][place]
        assert (TOLD[account][0] in read) == reads, account
        for word in TOLD[account]:
            assert reads or word not in read, word
        for word, action in SECRET[account].items():
            assert (word in read) == (name in MAY[action][place]), word
    if name in ("robin", "sam", "billie"):
        assert "Machinery classification" not in read
        assert "Expert Nobody" not in read


def test_mails_hold_nothing_foreign_and_nothing_private(world: World, both: dict[str, Inquiry]) -> None:
    for one, by in zip(both.values(), (world.jordan, world.morgan), strict=True):
        one.ask_back(by=by, text="With the gear?")
    tell(timezone.now())
    for told in Delivery.objects.select_related("message", "person"):
        person = next(name for name, one in world.people.items() if one.pk == told.person_id)
        text = told.message.subject + told.message.text
        for place, account in enumerate(("quillard", "stranger")):
            reads = person in MAY["read"][place]
            assert reads or f"{account.title()}-subject" not in text
            assert f"{account.title()}-note" not in text
    assert Delivery.objects.filter(person=world.robin).exists()
    assert not Delivery.objects.filter(person=world.billie).exists()


def test_an_answer_to_a_foreign_account_in_ones_own_address_is_not_there(
    world: World, both: dict[str, Inquiry]
) -> None:
    jordan = signed_in(world, "jordan")
    one = both["stranger"]
    for base in (f"/accounts/{world.quillard.pk}", f"/accounts/{world.stranger.pk}", ""):
        assert jordan.get(f"{base}/inquiries/{one.pk}/").status_code == 404
        assert (
            jordan.post(f"{base}/inquiries/{one.pk}/answer/", {"answer-text": "x", "answer-seen": "1"}).status_code
            == 404
        )


def test_a_file_of_one_inquiry_is_not_had_through_another(world: World, both: dict[str, Inquiry]) -> None:
    foreign = Document.objects.get(account=world.stranger)
    for name in ("robin", "jordan", "expert"):
        client = signed_in(world, name)
        assert client.get(f"/inquiries/{both['quillard'].pk}/files/{foreign.pk}/").status_code == 404
        assert client.get(f"/documents/{foreign.pk}/").status_code == 404


def test_a_row_of_somebody_else_in_the_address_is_not_there(world: World) -> None:
    robin = signed_in(world, "robin")
    for about in (
        f"examination:{world.examinations['of_stranger'].pk}", f"examination:{world.examinations['review_open'].pk}",
        f"entry:{world.entries['stranger'].pk}", "entry:x", "person:1", "examination:", "examination:99999999999999999999999",
        "notice:1", "bond:-1",
    ):  # fmt: skip
        assert robin.get("/inquiries/new/", {"about": about}).status_code == 404, about


def test_a_program_named_as_a_pdf_is_refused_and_what_was_typed_stays(world: World) -> None:
    robin = signed_in(world, "robin")
    sent = {
        "category": "valuation", "subject": "Assists", "text": "Are tools assists?", "urgency": "usual",
        "documents": [SimpleUploadedFile("tools.pdf", b"MZ\x90\x00"), SimpleUploadedFile("a.txt", b"fine")],
    }  # fmt: skip
    answer = robin.post("/inquiries/new/", sent)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "tools.pdf: The name says PDF" in page
    assert "Are tools assists?" in page
    assert not Inquiry.objects.exists()
    assert not Document.objects.exists()
