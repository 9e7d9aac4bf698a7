"""Answers for everybody: stripped of who asked, published by a second person, doubted when rules change, found as one types."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.scope import acting_for
from inquiries.knowledge.asker import names_in, traces
from inquiries.knowledge.contradicting import alike_of, answered_otherwise
from inquiries.knowledge.doubting import doubt
from inquiries.knowledge.searching import threads_like, words_of
from inquiries.knowledge.stripping import GONE, stripped
from inquiries.models import Category, Inquiry, KnowledgeEntry, KnowledgeSource, ThreadText
from notices.models import Notice
from notices.telling import TOPIC
from notifications.models import Delivery, Message
from tests.inquiries.threads import asked, brought_in
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
TEXTS = {
    "question": "Which heading does a gear motor for conveyors take?",
    "answer": "A gear motor is classified in heading 8501 by note 3 to section XVI.",
    "heading": "8501.31",
}


def answered(world: World, authority: str = "N301234", **given: Any) -> Inquiry:
    inquiry = asked(world, **given)
    manager = {world.quillard: world.jordan, world.stranger: world.morgan}[inquiry.account]
    inquiry.answer(by=manager, text="Heading 8501, Robin.", authority_kind="ruling", authority=authority)
    return inquiry


def proposed(world: World, inquiry: Inquiry | None = None, **changes: str) -> KnowledgeEntry:
    inquiry = inquiry or answered(world)
    return KnowledgeEntry.propose(inquiry.messages.get(kind="answer"), **(TEXTS | changes), by=world.jordan)


def published(world: World, **changes: str) -> KnowledgeEntry:
    entry = proposed(world, **changes)
    entry.publish(by=world.hq, on=timezone.localdate())
    return entry


# ---- publishing -----------------------------------------------------------------------------------------------


def test_an_answer_is_published_by_a_second_person_and_then_read_by_everybody(world: World) -> None:
    inquiry = answered(world)
    jordan, hq, sam = (signed_in(world, name) for name in ("jordan", "hq", "sam"))
    base = f"/accounts/{world.quillard.pk}"
    page = jordan.get(f"{base}/inquiries/{inquiry.pk}/for-everybody/").content.decode()
    assert "Robin" not in page.split("<form")[-1]
    assert jordan.post(f"/inquiries/{inquiry.pk}/for-everybody/", TEXTS).status_code == 302
    entry = KnowledgeEntry.objects.get()
    address = f"/inquiries/knowledge/{entry.pk}/"
    assert sam.get(address).status_code == 404
    assert "gear motor" not in sam.get("/inquiries/knowledge/").content.decode()
    assert "waits for a second person" in hq.get("/inquiries/knowledge/").content.decode()
    jordan.post(f"{address}change/", {"do": "publish"})
    entry.refresh_from_db()
    assert entry.state == "draft"  # who wrote it does not publish it
    read = entry.wording
    entry.change(**TEXTS | {"question": "Another question."}, by=world.jordan)
    hq.post(f"{address}change/", {"do": "publish", "wording": read})
    entry.refresh_from_db()
    assert entry.state == "draft"  # nobody publishes what somebody else has not read
    entry.change(**TEXTS, by=world.jordan)
    assert f'name="wording" value="{entry.wording}"' in hq.get(address).content.decode()
    hq.post(f"{address}change/", {"do": "publish", "wording": entry.wording})
    page = sam.get(address).content.decode()
    for words in ("gear motor", "N301234", "Answered on"):
        assert words in page
    for name in ("Quillard", "Robin", "Jordan", inquiry.number):
        assert name not in page


def test_a_draft_that_was_changed_in_the_same_moment_is_not_published_unread(world: World) -> None:
    entry = proposed(world)
    opened = KnowledgeEntry.objects.get()
    entry.change(**TEXTS | {"question": "Another question."}, by=world.jordan)
    for wording in (opened.wording, None):
        with pytest.raises(ValidationError, match="since you opened it"):
            opened.publish(by=world.hq, on=timezone.localdate(), wording=wording)
    # Of who changed it last it is, whatever the page that they have open says.
    entry.change(**TEXTS, by=world.hq)
    with pytest.raises(ValidationError, match="You wrote it"):
        opened.publish(by=world.hq, on=timezone.localdate(), wording=entry.wording)
    assert KnowledgeEntry.objects.get().state == "draft"


def test_a_draft_that_was_changed_needs_a_second_look_of_another(world: World) -> None:
    entry = proposed(world)
    entry.change(**TEXTS, by=world.hq)
    with pytest.raises(ValidationError, match="somebody else"):
        entry.publish(by=world.hq, on=timezone.localdate())
    entry.publish(by=world.jordan, on=timezone.localdate())
    with pytest.raises(ValidationError, match="meanwhile"):
        entry.change(**TEXTS, by=world.hq)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("For Quillard Electric it is 8501.", "Quillard Electric"),
        ("As I told quillard electric.", "quillard electric"),
        ("Dear Robin, it is 8501.", "Robin"),
        ("Their number is 96-447182000.", "importer number"),
        ("See entry 9XZ-1234567-1.", "entry number"),
        ("Write to somebody@else.example.", "mail address"),
        ("Container ZZXU4308175 is held.", "a container"),
        ("Call 956-555-0142.", "telephone"),
    ],
)
def test_what_still_tells_who_asked_is_not_taken(world: World, text: str, said: str) -> None:
    inquiry = answered(world)
    with pytest.raises(ValidationError, match=said):
        proposed(world, inquiry, answer=text)
    clean = stripped(text, names_in(text, inquiry=inquiry.pk))
    assert GONE in clean
    assert traces(clean, inquiry=inquiry.pk) == []
    said = "A motor of 8501.31, 250 W, for $1,000.00 on 11/26/2026, ruling N301234."
    assert traces(said, inquiry=inquiry.pk) == []


def test_only_an_answer_with_an_authority_and_only_once(world: World) -> None:
    inquiry = asked(world)
    inquiry.answer(by=world.jordan, text="Yes.", authority_kind="none", why_no_authority="It tells a day.")
    assert signed_in(world, "jordan").get(f"/inquiries/{inquiry.pk}/for-everybody/").status_code == 404
    with pytest.raises(ValidationError, match="names a ruling"):
        proposed(world, inquiry)
    inquiry = answered(world)
    first = proposed(world, inquiry)
    with pytest.raises(ValidationError, match="already"):
        proposed(world, inquiry)
    first.withdraw(by=world.hq, because="Written too narrowly")
    assert proposed(world, inquiry).state == "draft"


@pytest.mark.parametrize("name", ["robin", "sam", "morgan", "expert"])
def test_nobody_else_proposes_and_members_change_nothing(world: World, name: str) -> None:
    inquiry = answered(world)
    client = signed_in(world, name)
    assert client.post(f"/inquiries/{inquiry.pk}/for-everybody/", TEXTS).status_code == 404
    with pytest.raises(PermissionDenied):
        KnowledgeEntry.propose(inquiry.messages.get(kind="answer"), **TEXTS, by=world.people[name])
    entry = published(world)
    if name in ("robin", "sam"):
        answer = client.post(f"/inquiries/knowledge/{entry.pk}/change/", {"do": "withdraw", "because": "x"})
        assert answer.status_code == 404
        with pytest.raises((DatabaseError, AssertionError)), transaction.atomic(), acting_for(world.people[name]):
            assert KnowledgeEntry.objects.filter(pk=entry.pk).update(state="withdrawn", withdrawn_because="x")


def test_the_database_tells_no_member_a_draft_or_a_source(world: World) -> None:
    proposed(world)
    for name, seen in (("robin", 0), ("sam", 0), ("expert", 1), ("morgan", 1), ("hq", 1)):
        with acting_for(world.people[name]):
            assert KnowledgeEntry.objects.count() == seen, name
            assert KnowledgeSource.objects.count() == (name == "hq"), name
            assert ThreadText.objects.count() == 0 or name == "hq"
    with acting_for(None):
        assert KnowledgeEntry.objects.count() == 0


# ---- out of date, and contradictions ----------------------------------------------------------------------------


def notice(prefixes: list[str], days_ago: int = 0, **more: Any) -> Notice:
    at = timezone.now() - datetime.timedelta(days=days_ago)
    return Notice.objects.create(
        kind="RULING", number=f"H{Notice.objects.count()}", title="Gear motors", body="b", hts_prefixes=prefixes,
        state="published", published_at=at, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prefixes", "touched"), [(["8501"], 1), (["85013140"], 1), (["8501", "9"], 1), (["8502"], 0), ([], 0)]
)
def test_a_notice_on_the_heading_marks_it_until_somebody_says_that_it_holds(
    world: World, prefixes: list[str], touched: int
) -> None:
    entry, today = published(world), timezone.localdate()
    assert doubt(today) == 0
    one = notice(prefixes)
    assert (doubt(today), doubt(today)) == (touched, 0)
    entry.refresh_from_db()
    assert (entry.doubted_on, entry.doubted_by) == ((today, one) if touched else (None, None))
    if touched:
        assert "may be out of date" in signed_in(world, "sam").get(f"/inquiries/knowledge/{entry.pk}/").content.decode()
        signed_in(world, "expert").post(f"/inquiries/knowledge/{entry.pk}/change/", {"do": "confirm"})
        entry.refresh_from_db()
        assert (entry.doubted_on, entry.confirmed_on) == (None, today)
        assert doubt(today) == 0


def test_a_notice_from_before_the_answer_doubts_nothing(world: World) -> None:
    published(world)
    notice(["8501"], days_ago=30)
    assert doubt(timezone.localdate()) == 0


@pytest.mark.parametrize(("days_after", "doubted"), [(None, 1), (1, 1), (0, 0), (-5, 0)])
def test_what_rests_on_a_notice_is_doubted_once_that_is_retracted(
    world: World, days_after: int | None, doubted: int
) -> None:
    """The day of the retraction is New York's: late in its evening it is the next day by UTC already."""
    entry, confirmed = published(world), datetime.date(2026, 3, 10)
    one = notice(["9999"])
    at = datetime.datetime.combine(confirmed + datetime.timedelta(days=days_after or 0), datetime.time(23, 30))
    Notice.objects.filter(pk=one.pk).update(state="retracted", retracted_at=at.replace(tzinfo=NEW_YORK))
    KnowledgeEntry.objects.filter(pk=entry.pk).update(
        notice=one, confirmed_on=None if days_after is None else confirmed
    )
    today = timezone.localdate()
    assert (doubt(today), doubt(today)) == (doubted, 0)
    entry.refresh_from_db()
    assert entry.doubted_by == (one if doubted else None)


def test_a_similar_question_answered_on_another_ruling_is_shown_to_those_who_answer(world: World) -> None:
    entry = published(world)
    inquiry = answered(world, "H298167", subject="Gear motor heading", text="Which heading does a gear motor take?")
    brought_in(world, inquiry)
    for name in ("jordan", "expert", "hq"):
        page = signed_in(world, name).get(f"/inquiries/{inquiry.pk}/").content.decode()
        assert "Answered differently elsewhere" in page, name
        assert "Ruling N301234" in page
    page = signed_in(world, "robin").get(f"/inquiries/{inquiry.pk}/").content.decode()
    assert "Answered differently" not in page
    same = answered(world, "N301234", subject="Gear motor heading", text="Which heading does a gear motor take?")
    with acting_for(world.hq):
        found = alike_of(same, world.hq)
        assert [(one.entry, one.contradicts) for one in found] == [(entry, "")]


def test_a_like_inquiry_of_another_account_that_was_answered_otherwise_is_shown_without_whose_it_is(
    world: World,
) -> None:
    words = {"subject": "Gear motor heading", "text": "Which heading does a gear motor take?"}
    here = answered(world, "N301234", **words)
    brought_in(world, here)
    category = Category.objects.get(pk="classification")
    there = Inquiry.objects.ask(world.stranger, **words, by=world.sam, category=category)  # type: ignore[attr-defined]
    there.answer(by=world.hq, text="8483.", authority_kind="ruling", authority="H298167")
    tiles = Inquiry.objects.ask(  # type: ignore[attr-defined]
        world.stranger, subject="Ceramic tiles", text="Do ceramic tiles need a mark?", by=world.sam, category=category
    )
    tiles.answer(by=world.hq, text="Yes.", authority_kind="ruling", authority="H111111")
    for name in ("jordan", "expert", "hq"):
        page = signed_in(world, name).get(f"/inquiries/{here.pk}/").content.decode()
        assert "1 like inquiry rests on <b>Ruling H298167</b>" in page, name
        assert "H111111" not in page
        assert "Stranger Goods" not in page
    assert "H298167" not in signed_in(world, "robin").get(f"/inquiries/{here.pk}/").content.decode()
    with acting_for(world.morgan):
        assert answered_otherwise(here) == []
    there.reply(by=world.sam, text="Why?")
    there.answer(by=world.hq, text="As you say.", authority_kind="ruling", authority="N301234")
    with acting_for(world.jordan):
        assert answered_otherwise(here) == []


# ---- finding --------------------------------------------------------------------------------------------------


def offered(world: World, name: str, **given: str) -> str:
    return signed_in(world, name).get("/inquiries/alike/", given).content.decode()


def test_what_was_answered_is_offered_while_the_question_is_typed(world: World) -> None:
    published(world)
    page = offered(world, "sam", subject="heading of gear mot")
    assert "gear motor for conveyors" in page
    assert "N301234" in page
    assert "Quillard" not in page
    assert offered(world, "sam", subject="").strip() == ""
    assert "Nothing like this" in offered(world, "sam", subject="antidumping of garlic")
    assert 'hx-get="/inquiries/alike/"' in signed_in(world, "sam").get("/inquiries/new/").content.decode()


def test_own_answered_threads_are_offered_and_nobody_elses(world: World) -> None:
    answered(world, subject="Marking of ceramic tiles", text="Do ceramic tiles need a mark of origin?")
    assert "Marking of ceramic tiles" in offered(world, "robin", text="mark of origin on ceramic tiles")
    for name in ("sam", "billie"):
        assert "ceramic" not in offered(world, name, text="mark of origin on ceramic tiles")
    for name, seen in (("robin", 1), ("sam", 0), ("jordan", 1), ("morgan", 0), ("expert", 0), ("hq", 1)):
        with acting_for(world.people[name]):
            assert len(threads_like("ceramic tiles", world.people[name], 3)) == seen, name
    inquiry = Inquiry.objects.get()
    brought_in(world, inquiry)
    with acting_for(world.expert):
        assert threads_like("ceramic tiles", world.expert, 3) == [inquiry]
    with acting_for(None), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM find_threads(to_tsquery('ceramic'), to_tsquery('ceramic'), 9)")
        assert cursor.fetchone() == (0,)


def test_notices_that_apply_are_offered_to_whom_they_were_told(world: World) -> None:
    one = notice(["8501"])
    told = Message.objects.create(key=f"{TOPIC}:{one.pk}", topic=TOPIC, subject="s", text="t", about=one)
    Delivery.objects.create(
        message=told, person=world.robin, account=world.quillard, told_for=[world.quillard.pk], due_at=timezone.now()
    )
    assert "Notice: Gear motors" in offered(world, "robin", heading="8501.31")
    assert "Notice: Gear motors" in offered(world, "robin", subject="what of gear motors? ")
    assert "Gear motors" not in offered(world, "robin", heading="9401")
    assert "Gear motors" not in offered(world, "billie", heading="8501.31")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "'; DROP TABLE x; --",
        "& | ! ( ) :*",
        "the of and",
        "\0",
        "x" * 5000,
        "é" * 30,
        "\\ \\",
        "<->",
        "!!gear",
    ],
)
def test_whatever_is_typed_is_a_search_or_none(world: World, text: str) -> None:
    published(world)
    assert signed_in(world, "sam").get("/inquiries/alike/", {"subject": text, "heading": text}).status_code == 200
    assert signed_in(world, "sam").get("/inquiries/knowledge/", {"q": text, "category": text}).status_code == 200


def test_the_words_of_a_search() -> None:
    found = words_of("Which heading does a gear mot")
    assert found is not None
    assert "'mot':*" in found.every
    assert "'gear'" in found.every
    assert words_of("a an") is None
    assert words_of("please help ") is not None  # where nothing else is said


def test_the_base_is_searched_by_words_and_by_number(world: World) -> None:
    published(world)
    sam = signed_in(world, "sam")
    for asked_for, there in (("gear motors", True), ("8501.31.40", True), ("8502", False), ("garlic", False)):
        assert ("gear motor for" in sam.get("/inquiries/knowledge/", {"q": asked_for}).content.decode()) == there
    other = Category.objects.exclude(pk="classification")[0]
    assert "gear motor for" not in sam.get("/inquiries/knowledge/", {"category": other.pk}).content.decode()


def test_headquarters_reads_first_that_an_answer_waits_for_a_second_person(world: World) -> None:
    words = "1 answer for everybody waits for a second person"
    hq = signed_in(world, "hq")
    assert words not in hq.get("/").content.decode()
    entry = proposed(world)
    assert words in hq.get("/").content.decode()
    KnowledgeEntry.objects.filter(pk=entry.pk).update(written_by=world.hq)
    assert words not in hq.get("/").content.decode()  # somebody else has to
