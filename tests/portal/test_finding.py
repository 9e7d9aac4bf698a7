"""The search: where a hit leads, and what it costs to say so."""

import datetime
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Assignment, Delegation, Membership
from tests.named_people import World, make_account, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def two_accounts(world: World) -> None:
    """Robin belongs to a second account, whose examination is EX-SECOND."""
    second = make_account("Second Goods", "importer", "96-555555500", center_id="010")
    Membership.objects.create(account=second, person=world.robin)
    make_examination(make_entry(world.load, "9XZ00000991", second, None), "EX-SECOND", "TARGETED")


def test_a_hit_of_another_own_account_leads_to_that_accounts_page(world: World) -> None:
    two_accounts(world)
    client = signed_in(world, "robin")
    client.post(f"/accounts/{world.quillard.pk}/choose/")
    for number in ("EX-SECOND", "EX-HELD"):
        response = client.get(f"/find/?q={number}", follow=True)
        assert response.status_code == 200, number
        assert number in response.content.decode()


def test_a_brokers_manager_is_led_to_the_brokers_page(world: World) -> None:
    Assignment.objects.create(account=world.lindale, manager=world.morgan, starts=timezone.localdate())
    response = signed_in(world, "morgan").get("/find/?q=EX-HELD", follow=True)
    assert response.redirect_chain == [
        (f"/accounts/{world.lindale.pk}/examinations/{world.examinations['held'].pk}/", 302)
    ]
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("kinds", "leads"),
    [
        (["entries"], {"M2P12345679": "entries/M2P12345679/"}),
        (
            ["examinations"],  # the number of an entry finds its one examination
            {
                "EX-OTHER": "examinations/{through_other}/",
                "M2P12345679": "examinations/{through_other}/",
                "RQ-OTHER": "requests/{other}/",
            },
        ),
        (["cost"], {}),
    ],
)
def test_a_delegate_is_led_to_the_pages_of_what_was_opened_to_it(
    world: World, kinds: list[str], leads: dict[str, str]
) -> None:
    day = timezone.localdate()
    Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=kinds,
        power_of_attorney=day,
        expires=day + datetime.timedelta(days=9),
    )
    client = signed_in(world, "billie")
    ids = {"through_other": world.examinations["through_other"].pk, "other": world.requests["other"].pk}
    for number in ("M2P12345679", "EX-OTHER", "RQ-OTHER"):
        response = client.get(f"/find/?q={number}", follow=True)
        assert response.status_code == 200
        page = leads.get(number, "").format(**ids)
        chain = [(f"/accounts/{world.quillard.pk}/{page}", 302)] if page else []
        assert response.redirect_chain == chain
        assert page or "Nothing that you may see" in response.content.decode()


def test_more_hits_ask_the_database_no_more_often(world: World) -> None:
    client = signed_in(world, "robin")
    counts = []
    for numbers in (range(2), range(2, 12)):
        for n in numbers:
            entry = make_entry(world.load, f"9XZ20000{n:02}1", world.quillard, world.lindale)
            make_examination(entry, f"EX-D{n}", "TARGETED", container="ZZXU9999995")
        with CaptureQueriesContext(connection) as asked:
            assert f"EX-D{numbers[-1]}" in client.get("/find/?q=ZZXU9999995").content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", ["/accounts/?q={}", "/accounts/?center={}", "/find/?q={}"])
@pytest.mark.parametrize("name", ["jordan", "hq"])
def test_a_character_that_no_database_keeps_breaks_no_search(world: World, name: str, address: str) -> None:
    assert signed_in(world, name).get(address.format(quote("Quil\0lard")), follow=True).status_code == 200
