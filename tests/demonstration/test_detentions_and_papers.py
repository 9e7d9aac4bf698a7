"""Detentions of the invented world, and the papers in it."""

import datetime
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from demonstration import asked, detentions
from demonstration.papers import pdf
from documents.kinds import kind_of
from documents.models import Document
from examinations.models import Detention, DetentionItem, Examination
from tests.named_people import World, make_examination, make_request


def test_a_paper_is_a_pdf_of_the_same_bytes_each_time() -> None:
    made = pdf("A list (of 2)", ["One \\ two", "Größe 1"])
    assert made == pdf("A list (of 2)", ["One \\ two", "Größe 1"])
    assert kind_of(io.BytesIO(made), "list.pdf").code == "pdf"
    assert b"(A list \\(of 2\\))" in made
    table = int(made.split(b"startxref\n")[1].split(b"\n")[0])
    assert made[table : table + 4] == b"xref"
    for number, row in enumerate(made[table:].split(b"\n")[3:7], start=1):
        place = int(row[:10])
        assert made[place:].startswith(b"%d 0 obj" % number)


@pytest.mark.django_db
@pytest.mark.parametrize("days_ahead", [0, -400, 400])
def test_the_importers_detention_has_an_item_in_each_state(
    world: World, settings, tmp_path: Path, days_ahead: int
) -> None:
    settings.MEDIA_ROOT = tmp_path
    as_of = timezone.localdate() + datetime.timedelta(days=days_ahead)
    Examination.objects.filter(number="EX-HELD").update(
        container=detentions.OWN_CONTAINER, presented=as_of - datetime.timedelta(days=6)
    )
    for n in range(3):
        make_examination(
            world.entries["stranger"], f"EX-D{n}", "TARGETED", disposition="DETAINED",
            presented=as_of - datetime.timedelta(days=9), selected=as_of - datetime.timedelta(days=10 + n),
        )  # fmt: skip
    days = {"starts": as_of - datetime.timedelta(days=1)}
    for account in (world.quillard, world.stranger):
        account.assignments.update(**days)
    detentions.settle(SimpleNamespace(importer=world.quillard.name, as_of=as_of))  # type: ignore[arg-type]
    own = DetentionItem.objects.filter(detention__examination__number="EX-HELD")
    assert [item.state for item in own] == ["missing", "accepted", "sent"]
    assert {one.by for one in Document.objects.all()} == {world.billie, world.lee}
    assert sorted(Detention.objects.values_list("kind", flat=True)) == ["agency", "cbp", "uflpa", "wro"]
    assert Detention.objects.get(kind="wro").imported


@pytest.mark.django_db
def test_the_importer_keeps_a_draft_with_the_request_that_is_due_first(world: World, settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    today = timezone.localdate()
    make_request(world.entries["other"], "RQ-LATER", issued=today - datetime.timedelta(days=2))
    first = make_request(world.entries["broker"], "RQ-FIRST", issued=today - datetime.timedelta(days=9))
    asked.write_down(SimpleNamespace(importer=world.quillard.name, as_of=today))  # type: ignore[arg-type]
    draft = Document.objects.get()
    assert (draft.about, draft.by, draft.kind) == (first, world.robin, "pdf")
