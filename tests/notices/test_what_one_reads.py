"""What a person reads of notices: their own dollars, what was found, that it was read and confirmed; and who was told."""

import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from accounts.models import Membership
from accounts.scope import acting_for
from compliance.bonds.models import BondReview
from examinations.figures.period import twelve_whole_months
from examinations.models import Port
from look.formats import month
from notices import lead_times
from notices.models import Acknowledgement, Notice, Touched
from notifications.models import Delivery
from tests.compliance.bonds.test_reviewing import make_bond
from tests.named_people import World
from tests.notices.test_pages import signed_in
from tests.notices.test_touching import DUTY, known
from tests.notices.writing import published, second_person

__all__ = ["known"]
DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def read(world: World, name: str, address: str) -> str:
    answer = signed_in(world.people[name]).get(address)
    assert answer.status_code == 200
    return words(answer.content.decode())


@pytest.fixture
def ports(known: World) -> World:
    for code, name in (("2704", "Los Angeles"), ("2709", "Long Beach")):
        Port.objects.update_or_create(code=code, defaults={"name": name})
    return known


def test_list_and_page_say_to_each_what_it_touches_of_theirs(ports: World) -> None:
    notice = published(ports, **DUTY)
    own = "You imported $1,240,000 of this from China through Los Angeles and Long Beach in the last 12 months"
    for address in ("/notices/", f"/notices/{notice.pk}/"):
        assert f"{own}; at the new rate about $310,000 more a year." in read(ports, "robin", address)
        assert "You filed entries with $1,240,000 of this" in read(ports, "billie", address)
        assert "1 account imported $1,240,000 of this in 12 months" in read(ports, "jordan", address)
        both = (
            "2 accounts imported $1,240,000 of this and filed $1,240,000 of it for others in 12 months; at the new rate"
        )
        assert both in read(ports, "hq", address)
    assert "One change ahead touches what you import; about $310,000 more a year." in read(ports, "robin", "/notices/")
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert "25 percentage points more, on top of today’s duty" in page
    assert "Duty on these goods would have been $310,000 higher" in page
    assert "Sum 1,240,000 34,720 344,720 310,000" in page
    assert "310,000" not in read(ports, "billie", f"/notices/{notice.pk}/")


def test_a_change_of_duty_says_from_when_the_bond_is_short(ports: World) -> None:
    today = timezone.localdate()
    bond = make_bond(ports, "991234567", ports.quillard, 70_000)
    ahead = {"ahead_on": today, "passes": Decimal("0.8"), "short_half": datetime.date(2027, 3, 1), "ask_for": 80_000}
    review = BondReview.objects.create(
        bond=bond,
        account=ports.quillard,
        total=0,
        required=bond.amount,
        use=0,
        state="sufficient",
        since=today,
        **ahead,
    )
    page = f"/notices/{published(ports, **DUTY).pk}/"
    said = "would be short by about March 2027, with this and all else that is announced"
    assert said in read(ports, "robin", page)
    for name in ("billie", "jordan"):  # what it filed is the importer's duty; staff read of all accounts
        assert "would be short" not in read(ports, name, page)
    BondReview.objects.filter(pk=review.pk).update(short_half=None, passes=Decimal("0.04"))
    assert "is enough for the twelve months ahead in 96 % of the likely ways" in read(ports, "robin", page)
    BondReview.objects.filter(pk=review.pk).update(ahead_on=None)
    assert "Whether your bond is enough" not in read(ports, "robin", page)


def test_of_several_bonds_the_worst_is_told_and_a_letter_before_the_formula(ports: World) -> None:
    today = timezone.localdate()
    page = f"/notices/{published(ports, **DUTY).pk}/"
    older, newer = (
        make_bond(ports, "991234567", ports.quillard, 70_000),
        make_bond(ports, "991234568", ports.quillard, 90_000, effective=today),
    )
    fields = {"account": ports.quillard, "total": 0, "use": 0, "since": today, "ahead_on": today, "passes": 0}
    BondReview.objects.create(bond=newer, state="sufficient", required=50_000, **fields)
    mine = BondReview.objects.create(bond=older, state="deficient", required=80_000, **fields)
    assert "Your bond of $70,000 is too small already by CBP’s published formula" in read(ports, "robin", page)
    days = {"letter_on": today, "remedy_by": today + 15 * DAY, "in_force_by": today + 30 * DAY}
    BondReview.objects.filter(pk=mine.pk).update(state="notified", required=50_000, **days)
    said = read(ports, "robin", page)
    assert "Your bond of $70,000 is too small: CBP’s letter of" in said
    assert "enough for the twelve months ahead" not in said


def test_two_accounts_of_one_person_each_have_their_sentence(ports: World) -> None:
    Membership.objects.create(account=ports.stranger, person=ports.robin)
    published(ports, **DUTY | {"countries": ["CN", "VN"]})
    page = read(ports, "robin", "/notices/")
    assert "Quillard Electric imported $1,240,000" in page
    assert "Stranger Goods imported $500,000" in page


def test_what_falls_is_said_to_fall(ports: World) -> None:
    notice = published(ports, **DUTY | {"rate_change": Decimal(-2)})
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert "at the new rate about $24,800 less a year." in page
    assert "Duty on these goods would have been $24,800 lower" in page
    assert "about $24,800 less a year" in read(ports, "robin", "/notices/")


def test_staff_of_brokers_read_what_these_filed_and_no_empty_sum(ports: World) -> None:
    published(ports, **DUTY | {"account_kinds": ["broker"]})
    page = read(ports, "hq", "/notices/")
    assert "1 account filed $1,240,000 of this for others in 12 months; the duty is theirs." in page
    assert "$0" not in page


def test_a_duty_of_chapter_99_that_ends_shows_the_difference_alone(ports: World) -> None:
    """Motors pay 2.8 percent of their own: 25 points less would leave less than nothing of that."""
    notice = published(ports, **DUTY | {"rate_change": Decimal(-25)})
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert "Duty on these goods would have been $310,000 lower" in page
    assert "What falls away is a duty of chapter 99" in page
    assert "At the new rate $" not in page
    assert "duty at the new rate" not in page


def test_a_change_that_comes_to_nothing_is_neither_more_nor_less(ports: World) -> None:
    notice = published(ports, **DUTY | {"rate_change": Decimal("2.8"), "duty_kind": "replaces"})
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert "$0 a year: no more and no less, if you import as in these 12 months" in page
    assert "$0 less" not in page


def test_a_notice_read_later_names_the_months_that_it_reckons(ports: World) -> None:
    notice, today = published(ports, **DUTY), timezone.localdate()
    year = twelve_whole_months(today)
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert f"{month(year.start)} to {month(year.end)}, the entries as they stand today" in page
    assert "When it was published" not in page
    Touched.objects.filter(notice=notice).update(
        first_month=datetime.date(2021, 1, 1), last_month=datetime.date(2021, 12, 1), imported=70_000
    )
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert f"{month(year.start)} to {month(year.end)}, the entries as they stand today" in page
    assert "When it was published, $70,000 were counted, of Jan 2021 to Dec 2021." in page
    assert "Sum 1,240,000 34,720 344,720 310,000" in page
    html = signed_in(ports.robin).get(f"/notices/{notice.pk}/").content.decode()
    assert f"start={year.start}&amp;end={year.end}" in html


def test_a_change_by_quota_says_that_value_does_not_tell_it(ports: World) -> None:
    notice = published(ports, **DUTY | {"rate_change": None, "duty_kind": "unknown"})
    page = read(ports, "robin", f"/notices/{notice.pk}/")
    assert "what the change costs cannot be estimated from value." in page
    assert "would have been" not in page


def test_words_are_found_and_marked_and_nothing_of_a_notice_becomes_html(world: World) -> None:
    published(world, "65313701", title="Pumps", body="Each pump & its <script>carton</script> bear\x02 their origin.")
    published(world, "65313702", title="Bottles", body="Insulated bottles move.", account_kinds=["broker"])
    client = signed_in(world.robin)
    page = client.get("/notices/?q=pumps").content.decode()
    assert "Each <mark>pump</mark> &amp; its" in page
    assert "<mark>Pumps</mark>" in page, "what stands in a title is marked as well"
    assert page.count("<mark>") == page.count("</mark>") == 2
    assert "<b>1 notice</b> has the words" in page
    assert "No notice" not in page
    assert "0 notices" in words(client.get("/notices/?q=bottles").content.decode())
    assert "Insulated" in words(signed_in(world.hq).get("/notices/?q=moving+bottle").content.decode())
    for nonsense in ("%00", "the", "&|!", "%22", "<script>", "a" * 500, "q&subject=%00&page=zz"):
        assert client.get(f"/notices/?q={nonsense}").status_code == 200
    found = client.get("/notices/?q=65313701").content.decode()
    assert "<mark>65313701</mark>" in found
    assert "Pumps" not in client.get("/notices/?subject=fee").content.decode()


def test_a_search_reads_the_stored_words_by_their_index(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM notices_notice WHERE search @@ websearch_to_tsquery('english', 'pumps')")
        assert "notice_search" in " ".join(row[0] for row in cursor.fetchall())


def test_what_was_retracted_is_found_by_whoever_was_told(world: World) -> None:
    notice = published(world, title="Pumps")
    notice.retract(by=world.hq)
    page = read(world, "robin", "/notices/?q=pumps")
    assert "Pumps retracted" in page


def test_reading_is_recorded_by_a_post_of_the_page_and_never_by_looking(world: World) -> None:
    notice = published(world)
    client = signed_in(world.robin)
    page = client.get(f"/notices/{notice.pk}/").content.decode()
    assert 'hx-trigger="load delay:5s, submit"' in page
    assert not Delivery.objects.exclude(read_at=None).exists()
    answer = client.post(f"/notices/{notice.pk}/read/", headers={"HX-Request": "true"})
    assert "Marked as read" in answer.content.decode()
    assert Delivery.objects.exclude(read_at=None).get().person == world.robin


def test_one_of_an_account_confirms_what_asks_for_action_and_the_first_counts(world: World) -> None:
    notice = published(world, to_do="Tell your broker.")
    address = f"/notices/{notice.pk}/acknowledge/"
    client = signed_in(world.robin)
    assert client.get(address).status_code == 405
    assert not Acknowledgement.objects.exists()
    assert client.post(address).status_code == 302
    assert signed_in(world.lee).post(address).status_code == 302
    assert Acknowledgement.objects.get().person == world.robin
    assert "Robin Castell confirmed for Quillard Electric" in read(world, "lee", f"/notices/{notice.pk}/")
    assert Delivery.objects.get(person=world.robin).read_at
    for name in ("jordan", "hq", "expert"):
        assert signed_in(world.people[name]).post(address).status_code == 404
    assert "confirmed for" not in read(world, "sam", f"/notices/{notice.pk}/")
    assert "1 account confirmed" in read(world, "jordan", f"/notices/{notice.pk}/told/")


def test_what_asks_for_nothing_or_holds_no_more_is_confirmed_by_nobody(world: World) -> None:
    silent, over = published(world, "65313701"), published(world, "65313702", to_do="Act.")
    over.retract(by=world.hq)
    for notice in (silent, over):
        assert signed_in(world.robin).post(f"/notices/{notice.pk}/acknowledge/").status_code == 404
    assert not Acknowledgement.objects.exists()


def test_nobody_confirms_for_an_account_of_others(world: World) -> None:
    notice = published(world, to_do="Act.")
    with acting_for(world.robin):
        for account, person in ((world.stranger, world.robin), (world.quillard, world.lee)):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Acknowledgement.objects.create(notice=notice, account=account, person=person)


def test_the_ledger_counts_states_and_narrows_to_one(world: World) -> None:
    notice = published(world)
    Delivery.objects.filter(person=world.robin).update(state="sent", sent_at=timezone.now())
    page = read(world, "hq", f"/notices/{notice.pk}/told/")
    assert page.count("not yet") == 6
    assert "6 people of accounts that you may see were told; nobody has read it." in page
    narrowed = read(world, "hq", f"/notices/{notice.pk}/told/?state=sent")
    assert narrowed.count("not yet") == 1
    assert read(world, "hq", f"/notices/{notice.pk}/told/?state=nonsense").count("not yet") == 6
    sheet = signed_in(world.jordan).get(f"/notices/{notice.pk}/told/?download=csv")
    assert b"Robin Castell" in b"".join(sheet) if sheet.streaming else b"Robin Castell" in sheet.content


def test_what_took_its_place_is_a_link_away(world: World) -> None:
    old = published(world, title="Pumps, at first")
    new = old.successor("corrects", "65313799", by=world.hq)
    Notice.objects.filter(pk=new.pk).update(title="Pumps, corrected")
    new.submit(by=world.hq)
    new.publish(by=second_person())
    page = read(world, "robin", f"/notices/{old.pk}/")
    assert f"Corrected on {timezone.localdate():%B} {timezone.localdate().day}" in page
    assert "What holds now: Pumps, corrected" in page
    assert "Corrects CSMS message 65313729" in read(world, "robin", f"/notices/{new.pk}/")
    assert "Pumps, at first" not in read(world, "robin", "/notices/")


def test_lead_times_tell_kept_missed_and_what_nobody_could_help(world: World) -> None:
    day = timezone.localdate()
    given = [("ruling", 70, {}), ("ruling", 20, {}), ("ruling", 10, {"outside_control": True}), ("tariff", 2, {})]
    for n, (subject, days, more) in enumerate(given):
        fields = {"subject": subject, "effective_date": day + datetime.timedelta(days=days)} | more
        published(world, f"6531380{n}", **fields)
    published(world, "65313805", subject="ruling", effective_date=day).retract(by=world.hq)
    page = read(world, "hq", "/notices/lead-times/")
    assert "Of 3 changes for which notice is promised, 1 came in time and 1 too late; the date of 1 more" in page
    assert "Ruling, or its revocation 60 20 1 1 1 0 50" in page
    assert "Tariff action – 2 0 0 0 1 –" in page
    for name in ("robin", "jordan", "expert"):
        assert signed_in(world.people[name]).get("/notices/lead-times/").status_code == 404


@pytest.mark.parametrize(("moved", "kept", "missed"), [(-65, 0, 1), (0, 1, 0), (30, 1, 0)])
def test_a_correction_that_brings_the_day_forward_is_judged_in_place_of_the_first(
    world: World, moved: int, kept: int, missed: int
) -> None:
    day = timezone.localdate()
    old = published(world, subject="ruling", effective_date=day + datetime.timedelta(days=70))
    new = old.successor("corrects", "65313730", by=world.hq)
    new.effective_date += datetime.timedelta(days=moved)
    new.save()
    new.submit(by=world.hq)
    new.publish(by=second_person())
    for lead in (lead_times.of_all(day, day), lead_times.by_subject(day, day)[-1]):
        assert (lead.kept, lead.missed) == (kept, missed)
    assert lead_times.missed_between(day, day).count() == missed
