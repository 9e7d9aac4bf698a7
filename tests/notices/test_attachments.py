"""Files of a notice: attached to drafts by headquarters, fetched by whoever may read the notice, and by nobody else."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.scope import acting_for
from documents.kinds import Refused
from documents.models import Document
from notices.models import Notice
from tests.named_people import World
from tests.notices.test_pages import signed_in
from tests.notices.writing import draft, second_person

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def attached(world: World) -> Notice:
    notice = draft(world, account_kinds=["importer"], accounts=[world.quillard])
    answer = signed_in(world.hq).post(
        f"/admin/notices/notice/{notice.pk}/attach/", {"file": SimpleUploadedFile("list.pdf", PDF)}
    )
    assert answer.status_code == 302
    return notice


def test_whoever_reads_the_notice_fetches_its_files_and_nobody_else(world: World, attached: Notice) -> None:
    paper = Document.objects.get()
    address = f"/documents/{paper.pk}/"
    assert signed_in(world.hq).get(address).status_code == 200
    for name in ("robin", "jordan", "sam", "billie"):
        assert signed_in(world.people[name]).get(address).status_code == 404, name
    attached.submit(by=world.hq)
    attached.publish(by=second_person())
    for name, status in (("robin", 200), ("jordan", 200), ("sam", 404), ("billie", 404), ("expert", 404)):
        assert signed_in(world.people[name]).get(address).status_code == status, name
        with acting_for(world.people[name]):
            assert Document.objects.exists() is (status == 200), name
    assert [one.words for one in attached.steps.filter(what="changed")] == ["attached list.pdf"]
    page = signed_in(world.robin).get(f"/notices/{attached.pk}/").content.decode()
    assert f'<a href="{address}">list.pdf</a>' in page


def test_files_are_attached_to_drafts_alone(world: World, attached: Notice) -> None:
    attached.submit(by=world.hq)
    attached.publish(by=second_person())
    with pytest.raises(ValidationError, match="drafts only"):
        attached.attach(io.BytesIO(PDF), "late.pdf", by=world.hq)


def test_a_file_of_a_kind_that_is_not_taken_is_refused(world: World) -> None:
    notice = draft(world)
    with pytest.raises(Refused):
        notice.attach(io.BytesIO(b"MZ\x90"), "run.exe", by=world.hq)
    for sent, words in (({}, "Choose a file first."), ({"file": SimpleUploadedFile("run.exe", b"MZ")}, "errorlist")):
        answer = signed_in(world.hq).post(f"/admin/notices/notice/{notice.pk}/attach/", sent)
        assert words in answer.content.decode()
    assert not Document.objects.exists()


def test_whoever_attaches_a_file_does_not_publish_it(world: World) -> None:
    notice, second = draft(world), second_person()
    notice.attach(io.BytesIO(PDF), "list.pdf", by=second)
    notice.refresh_from_db()
    notice.submit(by=world.hq)
    with pytest.raises(ValidationError, match="second person"):
        notice.publish(by=second)


def test_a_file_makes_it_another_version_and_comes_to_no_notice_in_review(world: World) -> None:
    notice = draft(world)
    late = Notice.objects.get(pk=notice.pk)  # read before it was sent for review
    notice.attach(io.BytesIO(PDF), "list.pdf", by=world.hq)
    notice.refresh_from_db()
    assert notice.version == 2
    notice.submit(by=world.hq)
    with pytest.raises(ValidationError, match="drafts only"):
        late.attach(io.BytesIO(PDF + b"%"), "other.pdf", by=world.hq)
    assert Document.objects.count() == 1


def test_no_file_leaves_a_notice_that_a_second_person_reads(world: World, attached: Notice) -> None:
    attached.submit(by=world.hq)
    paper = Document.objects.get()
    with pytest.raises(ValidationError, match="stays with its notice"):
        paper.withdraw(by=world.hq)
    attached.publish(by=second_person(), version=2)
    with pytest.raises(ValidationError, match="stays with its notice"):
        paper.withdraw(by=world.hq)
    assert Document.objects.current().get() == paper


def test_a_file_that_leaves_a_draft_is_a_change_of_it(world: World, attached: Notice) -> None:
    attached.refresh_from_db()
    before = attached.version
    Document.objects.get().withdraw(by=world.hq)
    attached.refresh_from_db()
    assert attached.version == before + 1
    assert not Document.objects.current().exists()


def test_the_page_that_publishes_shows_what_goes_out(world: World, attached: Notice) -> None:
    attached.submit(by=world.hq)
    page = signed_in(second_person()).get(f"/admin/notices/notice/{attached.pk}/publish/").content.decode()
    assert "What goes out, version 2" in page
    assert attached.body in page
    assert "list.pdf" in page
