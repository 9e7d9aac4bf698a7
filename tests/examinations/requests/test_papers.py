"""Papers of an answer to CBP: who sends, who sees, what is refused, and whose they are when the entry changes hands."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Delegation
from accounts.scope import acting_for
from documents.models import Document
from examinations.loading.undo import undo
from examinations.models import CustomsRequest, Entry, Load
from examinations.telling.requests import tell_of_papers
from notifications.models import Delivery, Message
from tests.documents.files import BAD, pdf
from tests.examinations.loading.files import entry_number, entry_row, load
from tests.examinations.requests.days import text_of, today
from tests.named_people import World, make_account, make_request
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVERYBODY = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
SIDES = {"robin": "quillard", "lee": "quillard", "billie": "lindale"}
SEES = {*SIDES, "jordan", "hq"}


@pytest.fixture(autouse=True)
def _files_of_one_test(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def file(name: str = "answer.pdf", data: bytes | None = None) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, pdf() if data is None else data)}


@pytest.fixture
def sent(world: World, one: CustomsRequest) -> Document:
    return one.send(SimpleUploadedFile("answer.pdf", pdf()), "answer.pdf", by=world.robin)


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_importer_and_the_broker_that_filed_send_and_nobody_else(world: World, one, name: str) -> None:
    client = signed_in(world, name)
    account = getattr(world, SIDES.get(name, "quillard"))
    answer = client.post(f"/accounts/{account.pk}/requests/{one.pk}/send/", file())
    assert answer.status_code == (302 if name in SIDES else 404)
    assert Document.objects.count() == (name in SIDES)


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_sees_the_request_reads_its_papers(world: World, one, sent: Document, name: str) -> None:
    assert signed_in(world, name).get(f"/documents/{sent.pk}/").status_code == (200 if name in SEES else 404)
    with acting_for(world.people[name]):
        assert Document.objects.count() == (name in SEES)
    assert Document.objects.visible_to(world.people[name]).count() == (name in SEES)


def test_the_page_shows_a_paper_who_read_it_and_lets_its_sender_withdraw_it(world: World, one, sent: Document) -> None:
    robin, address = signed_in(world, "robin"), f"/requests/{one.pk}/"
    assert "Withdraw answer.pdf" in text_of(robin.get(address))
    assert "They do not reach the office that asked" in text_of(robin.get(address))
    assert "Withdraw answer.pdf" not in text_of(signed_in(world, "lee").get(address))
    jordan = signed_in(world, "jordan")
    assert "answer.pdf" in text_of(jordan.get(f"/accounts/{world.quillard.pk}{address}"))
    assert "Send the file" not in text_of(jordan.get(f"/accounts/{world.quillard.pk}{address}"))
    jordan.get(f"/documents/{sent.pk}/")
    assert "Read by Jordan Ellery" in text_of(robin.get(address))
    assert "Withdraw answer.pdf" not in text_of(robin.get(address))


@pytest.mark.parametrize(("name", "data", "reason"), BAD[:4], ids=lambda one: str(one)[:20])
def test_a_bad_file_is_refused_on_the_page_and_not_kept(world: World, one, name, data, reason) -> None:
    answer = signed_in(world, "robin").post(f"/requests/{one.pk}/send/", file(name, data))
    assert answer.status_code == 400
    assert "Nothing was sent." in answer.content.decode()
    assert not Document.objects.exists()


def test_without_a_file_the_page_says_so(world: World, one) -> None:
    answer = signed_in(world, "robin").post(f"/requests/{one.pk}/send/")
    assert (answer.status_code, "Choose a file first." in answer.content.decode()) == (400, True)


def test_a_request_that_is_not_there_takes_nothing(world: World, one) -> None:
    robin = signed_in(world, "robin")
    for number in (world.requests["stranger"].pk, 10**9, 10**30):
        assert robin.post(f"/requests/{number}/send/", file()).status_code == 404
    assert robin.get(f"/requests/{one.pk}/send/").status_code == 405


@pytest.mark.parametrize("fields", [{"outcome": "CHANGE"}, {"form": "CF29T"}])
def test_nothing_is_kept_where_nothing_is_asked_any_more(world: World, one, fields: dict[str, str]) -> None:
    CustomsRequest.objects.filter(pk=one.pk).update(**fields)
    one.refresh_from_db()
    robin = signed_in(world, "robin")
    assert "Send the file" not in text_of(robin.get(f"/requests/{one.pk}/"))
    assert robin.post(f"/requests/{one.pk}/send/", file()).status_code == 404
    with pytest.raises(ValidationError, match="Nothing is asked"):
        one.send(SimpleUploadedFile("answer.pdf", pdf()), "answer.pdf", by=world.robin)
    with pytest.raises(ValidationError, match="Only members"):
        one.send(SimpleUploadedFile("answer.pdf", pdf()), "answer.pdf", by=world.sam)


def test_what_was_answered_takes_papers_until_cbp_decides(world: World, one) -> None:
    one.answer(by=world.jordan, on=today())
    assert signed_in(world, "robin").post(f"/requests/{one.pk}/send/", file()).status_code == 302


def test_a_delegate_reads_the_papers_and_sends_none(world: World, one, sent: Document) -> None:
    other = make_account("Other Brokers", "broker", "M2P")
    Delegation.objects.create(
        importer=world.quillard, broker=other, kinds=["examinations"],
        power_of_attorney=today(), expires=today().replace(year=today().year + 1),
    )  # fmt: skip
    world.lindale.memberships.update(account=other)  # Billie belongs to the delegate now, and filed nothing
    billie = signed_in(world, "billie")
    assert billie.get(f"/documents/{sent.pk}/").status_code == 200
    page = f"/accounts/{world.quillard.pk}/requests/{one.pk}/"
    assert "Send the file" not in text_of(billie.get(page))
    assert billie.post(f"{page}send/", file()).status_code == 404


def readers(world: World, paper: Document) -> set[str]:
    """Who can open it: asked of the page, of row security alone and of visible_to alone, which must agree."""
    found = set()
    for name, person in world.people.items():
        opened = signed_in(world, name).get(f"/documents/{paper.pk}/").status_code == 200
        with acting_for(person):
            assert Document.objects.filter(pk=paper.pk).exists() == opened, name
        assert Document.objects.visible_to(person).filter(pk=paper.pk).exists() == opened, name
        found |= {name} if opened else set()
    return found


def test_papers_go_with_the_request_to_the_importer_whose_entry_comes_and_back(world: World, tmp_path: Path) -> None:
    waiting = make_request(None, "RQ-W", entry_number=entry_number(1), filer=world.lindale, load=world.load)
    paper = waiting.send(SimpleUploadedFile("answer.pdf", pdf()), "answer.pdf", by=world.billie)
    assert readers(world, paper) == {"billie", "hq"}
    load("entries", tmp_path, [entry_row(1)])
    assert readers(world, paper) == {"robin", "lee", "billie", "jordan", "hq"}
    undo(Load.objects.latest("created_at"), by=world.hq)
    assert readers(world, paper) == {"billie", "hq"}


def test_papers_stay_where_they_are_while_their_request_belongs_to_nobody(world: World, tmp_path: Path) -> None:
    """The entry told whose the request is; its file is undone, and no account was known that filed it."""
    load("entries", tmp_path, [entry_row(1)])
    Entry.objects.filter(number=entry_number(1)).update(filer=None)
    waiting = make_request(Entry.objects.get(number=entry_number(1)), "RQ-N", load=world.load, filer=None)
    paper = waiting.send(SimpleUploadedFile("answer.pdf", pdf()), "answer.pdf", by=world.robin)
    undo(Load.objects.filter(kind="entries").latest("created_at"), by=world.hq)
    waiting.refresh_from_db()
    paper.refresh_from_db()
    assert (waiting.account, waiting.filer, paper.account) == (None, None, world.quillard)


def test_papers_go_with_a_filer_code_to_the_broker_that_has_it_now(world: World, one, sent: Document) -> None:
    other = make_account("Other Brokers", "broker", "M2P")
    other.take_identifier(world.lindale.identifiers.get(), by=world.hq)
    assert readers(world, sent) == {"robin", "lee", "jordan", "hq"}
    sent.refresh_from_db()
    assert sent.filer == other


def test_papers_move_with_the_importer_number(world: World, one, sent) -> None:
    world.stranger.take_identifier(world.quillard.identifiers.get(), by=world.hq)
    for name, status in (("sam", 200), ("robin", 404)):
        assert signed_in(world, name).get(f"/documents/{sent.pk}/").status_code == status


def test_the_manager_hears_once_of_a_paper(world: World, one, sent: Document) -> None:
    assert (tell_of_papers(), tell_of_papers()) == (1, 0)
    assert set(Delivery.objects.values_list("person__name", flat=True)) == {"Jordan Ellery"}
    message = Message.objects.get()
    assert message.path == f"/accounts/{world.quillard.pk}/requests/{one.pk}/"
    assert "answer.pdf" in message.text
