"""An importer opens its data to a broker: who may, what it opens, how it ends; seen in one place by both."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Account, Delegation, FilingRelation, Membership
from accounts.scope import acting_for
from examinations.models import Examination
from portal.frame import KINDS, SECTIONS
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def filed(world: World) -> World:
    """Lindale has filed for Quillard; Robin manages Quillard's people, Lee reads."""
    today = timezone.localdate()
    FilingRelation.objects.get_or_create(
        importer=world.quillard, broker=world.lindale, defaults={"first_filed": today, "last_filed": today}
    )
    return world


def asked(world: World, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    form = {
        "broker": str(world.lindale.pk),
        "kinds": ["entries", "examinations"],
        "power_of_attorney": f"{today - DAY:%m/%d/%Y}",
        "expires": f"{today + 30 * DAY:%m/%d/%Y}",
    }
    return form | changes


def test_the_people_of_the_world_are_as_these_tests_need_them(filed: World) -> None:
    administers = {one.person: one.administrator for one in Membership.objects.filter(account=filed.quillard)}
    assert (administers[filed.robin], administers[filed.lee]) == (True, False)


def test_an_administrator_opens_data_and_both_see_it_in_one_place(filed: World) -> None:
    robin, billie = signed_in(filed, "robin"), signed_in(filed, "billie")
    assert "Nothing is delegated" in signed_in(filed, "lee").get("/people/").content.decode()
    assert robin.post("/people/", asked(filed)).status_code == 302
    given = robin.get("/people/").content.decode()
    assert "Entries, Examinations" in given
    assert "In force" in given
    held = billie.get("/people/").content.decode()
    assert "Quillard Electric" in held
    assert f"/accounts/{filed.quillard.pk}/examinations/" in held
    assert "In force" in signed_in(filed, "jordan").get(f"/accounts/{filed.quillard.pk}/people/").content.decode()
    assert "Quillard" not in signed_in(filed, "sam").get("/people/").content.decode()


def test_what_is_delegated_opens_its_pages_and_no_others(filed: World) -> None:
    base = f"/accounts/{filed.quillard.pk}"
    billie = signed_in(filed, "billie")
    assert billie.get(f"{base}/examinations/").status_code == 404
    signed_in(filed, "robin").post("/people/", asked(filed, kinds=["examinations"]))
    page = billie.get(f"{base}/examinations/?start=2000-01-01").content.decode()
    assert "EX-OTHER" in page  # another broker filed its entry
    assert ">Entries</a>" not in page.split("</nav>")[1]
    assert "your" not in page.split('class="lead"')[1].split("</p>")[0].lower()
    for closed_page in ("/", "/people/"):
        assert billie.get(f"{base}{closed_page}").status_code == 404
    assert "Cost" not in page


def test_the_pages_that_a_kind_opens_stand_in_the_row_above(filed: World) -> None:
    signed_in(filed, "robin").post("/people/", asked(filed))
    base = f"/accounts/{filed.quillard.pk}"
    row = signed_in(filed, "billie").get(f"{base}/entries/").content.decode()
    for path in ("/examinations/", "/entries/", "/requests/", "/dates/", "/dates/closing/"):
        assert f'href="{base}{path}"' in row
    assert f'href="{base}/people/"' not in row
    assert "Find an entry or container" in row


@pytest.mark.parametrize("kind", Delegation.Kind.values)
def test_a_kind_opens_the_pages_of_its_data_and_no_others(filed: World, kind: str) -> None:
    signed_in(filed, "robin").post("/people/", asked(filed, kinds=[kind]))
    base, billie = f"/accounts/{filed.quillard.pk}", signed_in(filed, "billie")
    paths = [path for pages in SECTIONS.values() for _, path in pages]
    answers = {path: billie.get(f"{base}{path}").status_code for path in paths}
    assert answers == {path: 200 if kind in KINDS.get(path, ()) else 404 for path in paths}


@pytest.mark.parametrize("kind", Delegation.Kind.values)
def test_a_detention_of_the_importers_is_for_who_was_given_examinations(filed: World, kind: str) -> None:
    """Below its own pages a broker finds those of entries that it filed all the same."""
    held = filed.examinations["held"]
    Examination.objects.filter(pk=held.pk).update(presented=timezone.localdate() - 20 * DAY)
    signed_in(filed, "robin").post("/people/", asked(filed, kinds=[kind]))
    billie, page = signed_in(filed, "billie"), f"/examinations/{held.pk}/detention/"
    assert billie.get(f"/accounts/{filed.quillard.pk}{page}").status_code == (200 if kind == "examinations" else 404)
    assert billie.get(page).status_code == 200
    sent = billie.post(f"/accounts/{filed.quillard.pk}{page}1/send/", {})
    assert sent.status_code == 404


def test_dates_are_of_the_kinds_that_were_given_and_say_so(filed: World) -> None:
    today, address = timezone.localdate(), f"/accounts/{filed.quillard.pk}/dates/"
    through_other = filed.examinations["through_other"]
    Examination.objects.filter(pk=through_other.pk).update(presented=today - 3 * DAY)
    for kinds, there in (["examinations"], True), (["entries"], False), (["entries", "examinations"], True):
        signed_in(filed, "robin").post("/people/", asked(filed, kinds=kinds))
        page = signed_in(filed, "billie").get(address).content.decode()
        assert f"Only dates of what was opened to you are here: {', '.join(kinds)}." in page
        assert (f"/examinations/{through_other.pk}/" in page) == there
        assert 'href="/people/"' in page  # the last day of the delegation, on the broker's own page
        assert f'href="{address.removesuffix("/dates/")}/people/"' not in page
    assert "opened to you" not in signed_in(filed, "robin").get("/dates/").content.decode()


def test_a_delegate_reads_nothing_of_what_others_were_given(filed: World) -> None:
    rival = make_account("Rival Brokers", "broker", "RVL")
    today = timezone.localdate()
    FilingRelation.objects.create(importer=filed.quillard, broker=rival, first_filed=today, last_filed=today)
    Delegation.objects.create(
        importer=filed.quillard, broker=rival, kinds=["entries"], power_of_attorney=today - DAY, expires=today + DAY
    )
    signed_in(filed, "robin").post("/people/", asked(filed))
    page = signed_in(filed, "billie").get(f"/accounts/{filed.quillard.pk}/dates/").content.decode()
    assert "Last day of the delegation" in page
    assert "Rival" not in page
    assert "Rival" in signed_in(filed, "robin").get("/dates/").content.decode()


def test_revoking_ends_it_at_once(filed: World) -> None:
    robin, billie = signed_in(filed, "robin"), signed_in(filed, "billie")
    robin.post("/people/", asked(filed))
    one = Delegation.objects.get()
    assert billie.get(f"/accounts/{filed.quillard.pk}/examinations/").status_code == 200
    assert "sees entries and examinations until" in robin.get(f"/people/delegations/{one.pk}/revoke/").content.decode()
    assert robin.post(f"/people/delegations/{one.pk}/revoke/").status_code == 302
    assert billie.get(f"/accounts/{filed.quillard.pk}/examinations/").status_code == 404
    assert "Revoked" in billie.get("/people/").content.decode()
    assert robin.post(f"/people/delegations/{one.pk}/revoke/").status_code == 404


def test_a_new_delegation_takes_the_place_of_the_one_before(filed: World) -> None:
    robin = signed_in(filed, "robin")
    robin.post("/people/", asked(filed))
    robin.post("/people/", asked(filed, kinds=["cost"]))
    assert [one.kinds for one in Delegation.objects.filter(revoked_at=None)] == [["cost"]]
    assert Delegation.objects.count() == 2


@pytest.mark.parametrize("name", ["lee", "sam", "billie", "jordan", "hq", "expert"])
def test_nobody_else_opens_or_revokes(filed: World, name: str) -> None:
    one = Delegation.grant(
        filed.quillard, broker=filed.lindale, kinds=["entries"], by=filed.robin, today=timezone.localdate(),
        power_of_attorney=timezone.localdate(), expires=timezone.localdate() + DAY,
    )  # fmt: skip
    client = signed_in(filed, name)
    for address in ("/people/", f"/accounts/{filed.quillard.pk}/people/"):
        client.post(address, asked(filed, kinds=["cost"]))
    for address in (f"/people/delegations/{one.pk}/revoke/",):
        assert client.post(address).status_code in (302, 404)
    one.refresh_from_db()
    assert one.revoked_at is None
    assert Delegation.objects.filter(importer=filed.quillard).count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"broker": ""}, "Choose the broker."),
        ({"broker": "nonsense"}, "is no broker that has filed"),
        ({"kinds": []}, "Choose at least one kind"),
        ({"kinds": ["secrets"]}, "Choose from the list."),
        ({"expires": "02/30/2027"}, "Write the day as MM/DD/YYYY."),
        ({"power_of_attorney": ""}, "This day is needed."),
        ({"power_of_attorney": "01/01/2024", "expires": "01/01/2025"}, "The last day is over already."),
        ({"power_of_attorney": "01/01/2099", "expires": "01/01/2098"}, "lies before the power of attorney"),
    ],
)
def test_nonsense_is_refused_with_a_reason(filed: World, changes: dict[str, Any], said: str) -> None:
    page = signed_in(filed, "robin").post("/people/", asked(filed, **changes))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Delegation.objects.exists()


def test_another_importer_or_an_unknown_broker_is_no_choice(filed: World) -> None:
    unknown = make_account("Fenwick Brokers", "broker", "F7K")
    for pk in (unknown.pk, filed.stranger.pk, filed.quillard.pk):
        page = signed_in(filed, "robin").post("/people/", asked(filed, broker=str(pk)))
        assert "is no broker that has filed" in page.content.decode()
    with pytest.raises(ValidationError, match="brokers that take part"):
        Delegation.grant(
            filed.quillard, broker=filed.stranger, kinds=["entries"], by=filed.robin, today=timezone.localdate(),
            power_of_attorney=timezone.localdate(), expires=timezone.localdate() + DAY,
        )  # fmt: skip


def test_the_database_asks_the_same(filed: World) -> None:
    """Without any view: only an administrator of the importer writes, and only for it."""
    given = {
        "broker": filed.lindale,
        "kinds": ["entries"],
        "power_of_attorney": timezone.localdate(),
        "expires": timezone.localdate() + DAY,
    }

    def opens(name: str, importer: Account) -> bool:
        try:
            with transaction.atomic(), acting_for(filed.people[name]):
                Delegation.objects.create(importer=importer, **given)
                transaction.set_rollback(True)
        except DatabaseError:
            return False
        return True

    assert opens("robin", filed.quillard)
    for name, importer in (("lee", filed.quillard), ("robin", filed.stranger), ("billie", filed.quillard)):
        assert not opens(name, importer), name
    assert connection.in_atomic_block


def test_a_delegation_that_is_over_or_to_come_opens_nothing(filed: World) -> None:
    today = timezone.localdate()
    one = Delegation.objects.create(
        importer=filed.quillard, broker=filed.lindale, kinds=["entries"], power_of_attorney=today + DAY,
        expires=today + 5 * DAY,
    )  # fmt: skip
    assert [one.state_on(today + n * DAY) for n in (0, 1, 5, 6)] == ["to come", "in force", "in force", "expired"]
    assert signed_in(filed, "billie").get(f"/accounts/{filed.quillard.pk}/entries/").status_code == 404
