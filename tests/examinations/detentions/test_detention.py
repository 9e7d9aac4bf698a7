"""A detention: who records it, asks, accepts and decides; what each sees; what is refused."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import Delegation
from accounts.scope import acting_for
from documents.models import Document
from examinations.models import Detention, DetentionItem, Examination
from tests.documents.files import docx, pdf
from tests.examinations.detentions.pages import DAY, file, page
from tests.named_people import World, closed
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

# ---- who sees and who does what ----------------------------------------------------------------------------

SEES = {"robin", "lee", "billie", "jordan", "hq"}
EVERYBODY = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]


@pytest.mark.parametrize("name", EVERYBODY)
def test_row_security_and_visible_to_open_a_detention_to_who_sees_the_examination(
    world: World, item, name: str
) -> None:
    person = world.people[name]
    expected = int(name in SEES)
    with acting_for(person):
        assert (Detention.objects.count(), DetentionItem.objects.count()) == (expected, expected)
    assert Detention.objects.visible_to(person).count() == expected
    assert DetentionItem.objects.visible_to(person).count() == expected


def test_a_delegate_sees_it_by_the_kind_of_examinations_and_cannot_send(world: World, held, item) -> None:
    today = timezone.localdate()
    given = Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["examinations"],
        power_of_attorney=today,
        expires=today + DAY,
    )
    Examination.objects.filter(pk=held.pk).update(filer=None)
    client = signed_in(world, "billie")
    with acting_for(world.billie):
        assert Detention.objects.count() == 1
    assert client.post(page(world.quillard, held, f"{item.pk}/send/"), file()).status_code == 404
    given.revoke(by=world.robin, at=timezone.now())
    with acting_for(world.billie):
        assert not Detention.objects.exists()


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_page_opens_to_who_sees_the_examination(world: World, held, item, name: str) -> None:
    account = world.lindale if name == "billie" else world.quillard
    client = signed_in(world, name)
    answer = client.get(page(account, held))
    if name in SEES:
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Packing list, one line a carton" in text
        assert ("Send the file" in text) == (name in ("robin", "lee", "billie"))
        assert ("Ask the account" in text) == (name in ("jordan", "hq"))
    else:
        assert answer.status_code == 404
        assert answer.content == client.get("/no-such-page/").content


STAFF_POSTS = [
    ("", {"kind": "wro"}),
    ("ask/", {"text": "More"}),
    ("decide/", {"outcome": "released", "outcome_date": "01/01/2026"}),
    ("{item}/answer/", {"answer": "drop"}),
]


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "morgan", "expert"])
@pytest.mark.parametrize(("rest", "data"), STAFF_POSTS)
def test_nobody_but_the_manager_and_headquarters_records_anything(world: World, held, item, name, rest, data) -> None:
    account = world.lindale if name == "billie" else world.quillard
    answer = signed_in(world, name).post(page(account, held, rest.format(item=item.pk)), data)
    assert answer.status_code == 404
    held.detention.refresh_from_db()
    item.refresh_from_db()
    assert (held.detention.kind, held.detention.outcome, item.dropped_at) == ("cbp", "", None)
    assert DetentionItem.objects.count() == 1


@pytest.mark.parametrize("name", ["sam", "jordan", "morgan", "expert", "hq"])
def test_nobody_but_the_importer_and_the_broker_that_filed_sends(world: World, held, item, name: str) -> None:
    assert signed_in(world, name).post(page(world.quillard, held, f"{item.pk}/send/"), file()).status_code == 404
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["robin", "billie", "sam"])
def test_row_security_lets_no_member_write_a_detention(world: World, held, item, name: str) -> None:
    with acting_for(world.people[name]):
        assert not Detention.objects.filter(pk=held.pk).update(reason="mine")
        assert not DetentionItem.objects.filter(pk=item.pk).update(accepted_at=timezone.now())
        with pytest.raises(ProgrammingError), transaction.atomic():
            DetentionItem.objects.create(detention=held.detention, text="x", asked_by=world.people[name])
    with acting_for(world.jordan):
        assert Detention.objects.filter(pk=held.pk).update(reason="Origin in question") == 1


# ---- the whole way -----------------------------------------------------------------------------------------


def test_a_detention_is_recorded_asked_for_sent_accepted_and_decided(world: World, held: Examination) -> None:
    jordan, robin, billie = (signed_in(world, name) for name in ("jordan", "robin", "billie"))
    address, today = page(world.quillard, held), timezone.localdate()
    assert b"Record the detention" in jordan.get(address).content
    assert "What is asked for is not on file" in robin.get(f"/examinations/{held.pk}/detention/").content.decode()

    noticed = f"{today - DAY:%m/%d/%Y}"
    said = {"kind": "uflpa", "notice_date": noticed, "decided_by": "Machinery Center", "reason": "Origin of the copper"}
    assert jordan.post(address, said).status_code == 302
    assert (
        jordan.post(address + "ask/", {"text": "  Mill   certificate ", "due": f"{today + DAY:%m/%d/%Y}"}).status_code
        == 302
    )
    item = DetentionItem.objects.get()
    assert (item.text, item.state, item.due) == ("Mill certificate", "missing", today + DAY)
    text = robin.get(f"/examinations/{held.pk}/").content.decode()
    assert "It waits for <b>“Mill certificate”</b> from you." in text
    assert "Origin of the copper" in robin.get(f"/examinations/{held.pk}/detention/").content.decode()

    send = f"/accounts/{world.lindale.pk}/examinations/{held.pk}/detention/{item.pk}/send/"
    assert billie.post(send, file("certificate.pdf")).status_code == 302
    assert DetentionItem.objects.get().state == "sent"
    document = Document.objects.get()
    assert (document.by, document.account, document.filer) == (world.billie, world.quillard, world.lindale)
    assert robin.get(f"/documents/{document.pk}/").status_code == 200  # the importer sees what its broker sent

    answer = f"{address}{item.pk}/answer/"
    assert jordan.post(answer, {"answer": "back", "because": "Page 2 is missing"}).status_code == 302
    assert DetentionItem.objects.get().state == "back"
    assert "Page 2 is missing" in robin.get(f"/examinations/{held.pk}/").content.decode()
    assert (
        robin.post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file("both.pdf", pdf("2"))).status_code == 302
    )
    assert DetentionItem.objects.get().state == "sent"
    assert jordan.post(answer, {"answer": "accept"}).status_code == 302
    assert DetentionItem.objects.get().state == "accepted"
    assert (
        "from you"
        not in robin.get(f"/examinations/{held.pk}/").content.decode().split("</h1>")[1].split("What is needed")[0]
    )

    assert (
        jordan.post(address + "decide/", {"outcome": "conditional", "outcome_date": f"{today:%m/%d/%Y}"}).status_code
        == 302
    )
    text = robin.get(f"/examinations/{held.pk}/detention/").content.decode()
    assert "conditionally released" in text
    assert "Send the file" not in text
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_context ->> 'verb' FROM examinations_detentionitemevent ORDER BY pgh_id")
        assert [verb for (verb,) in cursor.fetchall()] == ["ask", "send back", "accept"]
        cursor.execute("SELECT pgh_context ->> 'verb' FROM examinations_detentionevent ORDER BY pgh_id")
        assert [verb for (verb,) in cursor.fetchall()] == ["record detention", "decide detention"]


# ---- verbs refuse what cannot be ---------------------------------------------------------------------------


def test_goods_that_wait_no_more_are_not_detained(world: World) -> None:
    with pytest.raises(ValidationError, match="wait"):
        Detention.objects.record(world.examinations["found"], by=world.jordan, kind="cbp")
    assert signed_in(world, "jordan").get(page(world.quillard, world.examinations["found"])).status_code == 404


def test_a_detention_is_recorded_once(world: World, held, detention) -> None:
    with pytest.raises(ValidationError, match="already"):
        Detention.objects.record(held, by=world.jordan, kind="wro")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"kind": "nonsense"}, "not one of the available choices"),
        ({"kind": ""}, "This field is required."),
        ({"kind": "cbp", "notice_date": "13/45/2026"}, "Enter a valid date."),
        ({"kind": "cbp", "notice_date": "01/01/2090"}, "still to come"),
        ({"kind": "cbp", "notice_date": "01/01/2001"}, "selected for examination only later"),
        ({"kind": "wro", "imported": "01/01/2090"}, "still to come"),
        ({"kind": "cbp", "reason": "x" * 2001}, "at most 2000 characters"),
        ({"kind": "cbp", "reason": "a\0b"}, "Null characters"),
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_nonsense_of_a_notice_is_refused_at_its_field(world: World, held, facts, said, before: bool) -> None:
    if before:
        Detention.objects.record(held, by=world.jordan, kind="uflpa")
    answer = signed_in(world, "jordan").post(page(world.quillard, held), facts)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert list(Detention.objects.values_list("kind", flat=True)) == (["uflpa"] if before else [])


@pytest.mark.parametrize(
    ("rest", "data", "said"),
    [
        ("ask/", {"text": ""}, "This field is required."),
        ("ask/", {"text": "x" * 201}, "at most 200 characters"),
        ("ask/", {"text": "x", "due": "01/01/2001"}, "This day is past."),
        ("decide/", {"outcome": "eaten", "outcome_date": "11/01/2026"}, "not one of the available choices"),
        ("decide/", {"outcome": "seized", "outcome_date": "01/01/2090"}, "still to come"),
        ("decide/", {"outcome": "seized", "outcome_date": "01/01/2001"}, "selected for examination only later"),
        ("{item}/answer/", {"answer": "accept"}, "Nothing new was sent"),
        ("{item}/answer/", {"answer": "back", "because": "x"}, "Nothing new was sent"),
        ("{item}/answer/", {"answer": "back"}, "Say what is still wrong"),
        ("{item}/answer/", {"answer": "eat"}, "not one of the available choices"),
    ],
)
def test_nonsense_of_staff_is_said_and_changes_nothing(world: World, held, item, rest, data, said) -> None:
    answer = signed_in(world, "jordan").post(page(world.quillard, held, rest.format(item=item.pk)), data)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert DetentionItem.objects.get().state == "missing"
    assert Detention.objects.get().outcome == ""


def test_nothing_is_asked_sent_or_changed_once_it_is_decided(world: World, held, detention, item) -> None:
    detention.decide("seized", timezone.localdate(), by=world.hq)
    fresh = DetentionItem.objects.get()
    for verb in (
        lambda: detention.change(by=world.jordan, kind="wro"),
        lambda: detention.ask("More", by=world.jordan),
        lambda: detention.decide("released", timezone.localdate(), by=world.jordan),
        lambda: fresh.send(io.BytesIO(pdf()), "a.pdf", by=world.robin),
        lambda: fresh.drop(by=world.jordan),
    ):
        with pytest.raises(ValidationError, match="decided already"):
            verb()
    answer = signed_in(world, "robin").post(f"/examinations/{held.pk}/detention/{item.pk}/send/", file())
    assert "decided already" in answer.content.decode()


def test_what_is_accepted_or_not_needed_takes_no_more_files(world: World, item, detention) -> None:
    item.send(io.BytesIO(pdf()), "a.pdf", by=world.robin)
    item = DetentionItem.objects.get()
    item.accept(by=world.jordan)
    with pytest.raises(ValidationError, match="accepted already"):
        item.send(io.BytesIO(docx()), "b.docx", by=world.robin)
    other = detention.ask("Invoice", by=world.jordan)
    other.drop(by=world.jordan)
    with pytest.raises(ValidationError, match="not needed"):
        other.send(io.BytesIO(docx()), "b.docx", by=world.robin)


# ---- the pages around it -----------------------------------------------------------------------------------


def test_the_first_page_says_what_is_asked_and_leads_there(world: World, held, item) -> None:
    text = signed_in(world, "robin").get("/").content.decode()
    assert "It waits for “Packing list, one line a carton” from you" in text
    assert f'href="/examinations/{held.pk}/detention/"' in text
    assert "<b>One paper</b> is still missing from you." in text


@pytest.mark.parametrize("fields", [{"type": "PGA", "agency": "FDA"}, {"disposition": "DETAINED"}])
def test_no_page_says_that_cbp_must_release_or_detain_what_it_detained_or_does_not_hold(
    world: World, held, fields: dict[str, str]
) -> None:
    Examination.objects.filter(account=world.quillard).exclude(pk=held.pk).update(**closed("NO_DISCREPANCY", "other"))
    Examination.objects.filter(pk=held.pk).update(presented=timezone.localdate(), **fields)
    client = signed_in(world, "robin")
    for address in ("/", f"/examinations/{held.pk}/", "/examinations/", f"/examinations/{held.pk}/detention/"):
        text = client.get(address).content.decode()
        assert "must release or detain it by" not in text, address
        assert "Release or detention" not in text, address
    if "agency" in fields:
        assert "FDA decides under its own law: no date is known here." in client.get("/").content.decode()
        assert "Agency clock" in client.get(f"/examinations/{held.pk}/").content.decode()
    else:
        assert "CBP must decide by" in client.get("/").content.decode()


def test_goods_released_in_the_data_keep_the_story_of_their_detention(world: World, held, item) -> None:
    Examination.objects.filter(pk=held.pk).update(**closed("NO_DISCREPANCY", "other"))
    answer = signed_in(world, "robin").get(f"/examinations/{held.pk}/detention/")
    assert "waits no more" in answer.content.decode()
    assert "Send the file" not in answer.content.decode()


def test_the_page_names_the_other_agency_also_when_its_detention_is_over(world: World, held: Examination) -> None:
    Examination.objects.filter(pk=held.pk).update(agency="FDA")
    held.refresh_from_db()
    Detention.objects.record(held, by=world.jordan, kind="agency")
    for over in ({}, closed("NO_DISCREPANCY", "other") | {"released": timezone.localdate()}):
        Examination.objects.filter(pk=held.pk).update(**over)
        said = signed_in(world, "robin").get(f"/examinations/{held.pk}/detention/").content.decode()
        assert "FDA" in said.partition("Who decides")[2].partition("</dd>")[0]
