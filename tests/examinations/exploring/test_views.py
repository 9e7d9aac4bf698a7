"""Views of the pivot that people keep, and share with colleagues."""

import pytest
from django.core.exceptions import PermissionDenied

from examinations.models import SavedView
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_a_view_is_kept_shared_and_removed(traded: World) -> None:
    robin, lee = signed_in(traded, "robin"), signed_in(traded, "lee")
    sent = {"name": "Ports", "query": "measure=days&rows=port&page=3&evil=1"}
    robin.post("/explore/save/", sent)
    one = SavedView.objects.get()
    assert (one.query, one.shared) == ("measure=days&rows=port", False)
    assert "Ports" not in lee.get("/explore/").content.decode()
    robin.post("/explore/save/", sent | {"shared": "on"})
    assert SavedView.objects.count() == 1
    assert "shared by Robin" in lee.get("/explore/").content.decode()
    assert lee.post(f"/explore/{one.pk}/remove/").status_code == 404
    for name in ("sam", "billie"):
        assert "Ports" not in signed_in(traded, name).get("/explore/").content.decode()
        assert signed_in(traded, name).post(f"/explore/{one.pk}/remove/").status_code == 404
    base = f"/accounts/{traded.quillard.pk}/explore/"
    assert "Ports" not in signed_in(traded, "jordan").get(base).content.decode()
    assert robin.post(f"/explore/{one.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_manager_keeps_views_of_its_accounts_for_itself(traded: World) -> None:
    base = f"/accounts/{traded.quillard.pk}/explore/"
    signed_in(traded, "jordan").post(f"{base}save/", {"name": "Mine", "query": "rows=reason", "shared": "on"})
    assert SavedView.objects.get().shared is False
    assert "Mine" in signed_in(traded, "jordan").get(base).content.decode()
    assert "Mine" not in signed_in(traded, "robin").get("/explore/").content.decode()
    assert signed_in(traded, "morgan").post(f"{base}save/", {"name": "x", "query": ""}).status_code == 404


def test_a_view_is_removed_by_who_kept_it_and_shared_with_one_s_own_account_only(traded: World) -> None:
    one = SavedView.objects.keep(traded.quillard, "Ports", "rows=port", shared=True, by=traded.robin)
    managed = SavedView.objects.keep(traded.quillard, "Ports", "rows=port", shared=True, by=traded.jordan)
    assert (one.shared, managed.shared) == (True, False)
    with pytest.raises(PermissionDenied):
        one.remove(by=traded.lee)
    one.remove(by=traded.robin)
    assert SavedView.objects.get() == managed


@pytest.mark.parametrize("name", ["", "x" * 81, "a\x00b"])
def test_a_view_without_a_usable_name_is_not_kept(traded: World, name: str) -> None:
    page = signed_in(traded, "robin").post("/explore/save/", {"name": name, "query": ""}, follow=True)
    assert "Nothing was kept" in page.content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("query", ["&".join(["a=1"] * 21), "x" * 401, "rows=a\x00b"])
def test_a_view_that_asks_for_too_much_is_not_kept(traded: World, query: str) -> None:
    page = signed_in(traded, "robin").post("/explore/save/", {"name": "Mine", "query": query}, follow=True)
    assert "Nothing was kept: this asks for more than a view holds." in page.content.decode()
    assert not SavedView.objects.exists()
