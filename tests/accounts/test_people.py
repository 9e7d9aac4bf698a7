"""People of an account: invited, accepted, changed, removed; by whom, and what is left afterwards."""

import datetime
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Delegation, Invitation, Membership, Person
from accounts.scope import acting_for
from notifications import sending
from notifications.models import Delivery, Feed, Message
from portal.admitting import INVITED, tell_of_invitations
from portal.models import MonthlyReport
from tests.mail_servers import Post, text_of
from tests.named_people import PASSWORD, World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
FORM = {"name": "Nova  Castell", "email": "Nova@People.example"}


def invited(world: World, **changes: Any) -> Invitation:
    assert signed_in(world, "robin").post("/people/invite/", FORM | changes).status_code == 302
    return Invitation.objects.get(withdrawn_at=None)


def address(one: Invitation) -> str:
    return f"/invitations/{one.secret}/"


# ---- inviting and accepting ----------------------------------------------------------------------------------


def test_nothing_opens_before_the_invitation_is_accepted(world: World) -> None:
    one = invited(world)
    person = one.person
    assert (person.email, person.name, person.role) == ("nova@people.example", "Nova Castell", "member")
    assert not person.has_usable_password()
    assert not Membership.objects.filter(person=person).exists()
    client = Client()
    for _ in range(2):  # a mail scanner follows every link
        page = client.get(address(one))
        assert "Accept, and you see" in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin"
    assert not Membership.objects.filter(person=person).exists()
    answer = client.post(address(one))
    assert answer.status_code == 302
    assert "/sign-in/forgotten/" in answer["Location"]  # a first password
    made = Membership.objects.get(person=person)
    assert (made.account, made.administrator, made.ended_at) == (world.quillard, False, None)
    assert "is <b>accepted</b>" in client.get(address(one)).content.decode()
    assert "no longer open" in client.post(address(one)).content.decode()
    assert Membership.objects.filter(person=person).count() == 1


def test_the_mail_leads_there_and_its_address_stands_in_no_row(world: World, post: Post) -> None:
    one = invited(world, administrator="on")
    assert tell_of_invitations(timezone.localtime()) == 1
    assert tell_of_invitations(timezone.localtime()) == 0
    sending.send_all()
    mail = post.of("nova@people.example")[0]
    assert mail["Subject"] == "Invitation to Quillard Electric"
    assert address(one) in text_of(mail)
    assert "Robin Castell invites you" in text_of(mail)
    assert "manage its people" in text_of(mail)
    assert one.secret.split(":")[1] not in "".join(Message.objects.values_list("text", flat=True))
    Client().post(address(one))
    assert Membership.objects.get(person=one.person).administrator


def test_an_invitation_that_was_withdrawn_is_mailed_to_nobody(world: World, post: Post) -> None:
    one = invited(world)
    tell_of_invitations(timezone.localtime())
    assert signed_in(world, "robin").post(f"/people/invitations/{one.pk}/", {"do": "withdraw"}).status_code == 302
    assert sending.send_all() == 0
    assert Delivery.objects.get(message__topic=INVITED).state == "stopped"
    assert "is <b>withdrawn</b>" in Client().get(address(one)).content.decode()
    assert "no longer open" in Client().post(address(one)).content.decode()
    assert not Membership.objects.filter(person=one.person).exists()


def test_an_invitation_is_sent_again_five_times_at_most(world: World, post: Post) -> None:
    one = invited(world)
    robin = signed_in(world, "robin")
    tell_of_invitations(timezone.localtime())
    for _ in range(6):
        robin.post(f"/people/invitations/{one.pk}/", {"do": "again"})
        tell_of_invitations(timezone.localtime())
    one.refresh_from_db()
    assert one.sendings == 5
    assert Message.objects.filter(topic=INVITED).count() == 5


def test_an_expired_or_forged_address_opens_nothing(world: World) -> None:
    one = invited(world)
    Invitation.objects.filter(pk=one.pk).update(last_day=timezone.localdate() - datetime.timedelta(days=1))
    assert "is <b>expired</b>" in Client().get(address(one)).content.decode()
    assert "no longer open" in Client().post(address(one)).content.decode()
    secret = one.secret
    for wrong in (
        secret[:-1],
        f"{one.pk.hex}:x",
        "none",
        secret.upper(),
        f"{world.robin.pk.hex}:{secret.split(':')[1]}",
    ):
        assert Client().get(f"/invitations/{wrong}/").status_code == 404
        assert Client().post(f"/invitations/{wrong}/").status_code == 404
    assert not Membership.objects.filter(person=one.person).exists()


def test_nobody_joins_an_account_that_has_left_the_program(world: World) -> None:
    one = invited(world)
    world.quillard.withdraw(by=world.hq)
    assert "is <b>withdrawn</b>" in Client().get(address(one)).content.decode()
    assert "no longer open" in Client().post(address(one)).content.decode()
    assert not Membership.objects.filter(person=one.person).exists()


def test_who_has_a_password_signs_in_with_it(world: World) -> None:
    one = invited(world, email="sam@people.example", name="Somebody Else")
    assert one.person == world.sam
    assert one.person.name == "Sam Stranger"  # whoever invites renames nobody
    answer = Client().post(address(one))
    assert answer["Location"] == "/sign-in/"
    assert Client().post("/sign-in/", {"login": "sam@people.example", "password": PASSWORD}).status_code == 302
    assert {one.account.name for one in world.sam.memberships.all()} == {"Quillard Electric", "Stranger Goods"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "lee@people.example"}, "Lee Farrow belongs to this account already."),
        ({"email": "no address"}, "name@company.com"),
        ({"email": "a@b.example\nBcc: x@y.example"}, "name@company.com"),
        ({"name": ""}, "Write the person"),
        ({"name": "x" * 200}, "at most 120"),
    ],
)
def test_who_cannot_be_invited_is_refused_with_a_reason(world: World, changes: dict[str, str], said: str) -> None:
    page = signed_in(world, "robin").post("/people/invite/", FORM | changes)
    assert said in page.content.decode()
    assert not Invitation.objects.exists()
    assert Person.objects.count() == 8


@pytest.mark.parametrize("known", ["sam", "jordan", "hq", "expert", "inactive"])
def test_whether_the_portal_knows_an_address_whoever_invites_does_not_learn(
    world: World, post: Post, known: str
) -> None:
    """The same answer, list and row for an address that nobody has, and nothing of CBP opens."""
    person = world.sam if known == "inactive" else world.people[known]
    if known == "inactive":
        Person.objects.filter(pk=person.pk).update(is_active=False)
    robin = signed_in(world, "robin")
    pages = []
    for email in ("unknown@people.example", person.email):
        answer = robin.post("/people/invite/", {"name": "Chris Doe", "email": email}, follow=True)
        shown = answer.content.decode()
        one = Invitation.objects.get(person__email=email)
        pages.append(re.sub(r'value="[\w-]{64}"', "", shown).replace(email, "EMAIL").replace(str(one.pk), "ID"))
        robin.post(f"/people/invitations/{one.pk}/", {"do": "withdraw"}, follow=True)
    assert pages[0] == pages[1]
    assert person.name not in pages[1]
    again = Invitation.invite(
        world.quillard,
        email=person.email,
        name="Chris Doe",
        administrator=False,
        by=world.robin,
        at=timezone.localtime(),
    )
    tell_of_invitations(timezone.localtime())
    sending.send_all()
    sent = post.of(person.email)
    if known == "sam":
        assert address(again) in text_of(sent[0])
        return
    assert not any("/invitations/" in text_of(mail) for mail in sent)
    assert len(sent) == (known != "inactive")
    assert "nothing that you can accept" in Client().get(address(again)).content.decode()
    assert Client().post(address(again)).status_code == 404
    assert not Membership.objects.filter(person=person, account=world.quillard).exists()


def test_the_same_address_is_invited_once_and_a_day_has_an_end(world: World) -> None:
    one = invited(world)
    page = signed_in(world, "robin").post("/people/invite/", FORM)
    assert "invited already" in page.content.decode()
    now = timezone.localtime()
    given = {"administrator": False, "by": world.robin, "at": now}
    for number in range(19):
        Invitation.invite(world.quillard, email=f"p{number}@people.example", name="P", **given)
    with pytest.raises(ValidationError, match="a day are the most"):
        Invitation.invite(world.quillard, email="more@people.example", name="P", **given)
    Invitation.objects.filter(pk=one.pk).update(
        last_day=now.date() - datetime.timedelta(days=1), made_at=now - datetime.timedelta(days=16)
    )
    Invitation.invite(world.quillard, email="nova@people.example", name="P", **given)  # the old one ran out
    assert Invitation.objects.filter(person=one.person, withdrawn_at=None).count() == 1


@pytest.mark.parametrize("name", ["lee", "sam", "billie", "jordan", "hq", "expert"])
def test_nobody_but_an_administrator_of_the_account_changes_its_people(world: World, name: str) -> None:
    one, client = invited(world), signed_in(world, name)
    lee = world.lee.memberships.get()
    for base in ("", f"/accounts/{world.quillard.pk}"):
        client.post(f"{base}/people/invitations/{one.pk}/", {"do": "withdraw"})
        for do in ("role", "remove", "renew"):
            client.post(f"{base}/people/{lee.pk}/", {"do": do, "administrator": "yes"})
    client.post(f"/accounts/{world.quillard.pk}/people/invite/", FORM | {"email": "other@people.example"})
    lee.refresh_from_db()
    one.refresh_from_db()
    assert (lee.administrator, lee.ended_at, one.withdrawn_at) == (False, None, None)
    assert Invitation.objects.filter(account=world.quillard).count() == 1
    with pytest.raises(PermissionDenied):
        lee.remove(by=world.people[name])


def test_the_database_asks_the_same(world: World) -> None:
    """Without any view: who may write what, asked of row security alone."""
    one = invited(world)
    mine = {"account": world.quillard, "person": world.sam, "account_name": "x", "invited_by": world.lee}
    dated = {"made_at": timezone.now(), "last_day": timezone.localdate()}

    def refused(name: str, work: Any) -> bool:
        try:
            with transaction.atomic(), acting_for(world.people[name]):
                done = work()
                transaction.set_rollback(True)
        except DatabaseError:
            return True
        return done == 0

    lee = Membership.objects.filter(person=world.lee)
    assert not refused("robin", lambda: lee.update(administrator=True))
    for name in ("lee", "sam", "billie", "jordan"):
        assert refused(name, lambda: lee.update(administrator=True)), name
        assert refused(name, lambda: lee.update(ended_at=timezone.now())), name
        assert refused(name, lambda: Invitation.objects.create(**mine, **dated)), name
        assert refused(name, lambda: Invitation.objects.filter(pk=one.pk).update(withdrawn_at=timezone.now())), name
        assert refused(name, lambda: Membership.objects.create(account=world.quillard, person=one.person)), name
    with transaction.atomic(), acting_for(one.person):
        with pytest.raises(DatabaseError), transaction.atomic():  # invited to read, not to manage people
            Membership.objects.create(account=world.quillard, person=one.person, administrator=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            Membership.objects.create(account=world.stranger, person=one.person)
        Membership.objects.create(account=world.quillard, person=one.person)


# ---- roles and removal ---------------------------------------------------------------------------------------


def test_an_administrator_makes_another_and_only_then_may_go(world: World) -> None:
    robin = signed_in(world, "robin")
    mine, lee = world.robin.memberships.get(), world.lee.memberships.get()
    assert "last administrator" in robin.get(f"/people/{mine.pk}/").content.decode()
    for do in ({"do": "remove"}, {"do": "role", "administrator": "no"}):
        page = robin.post(f"/people/{mine.pk}/", do, follow=True)
        assert "last administrator" in page.content.decode()
    mine.refresh_from_db()
    assert (mine.administrator, mine.ended_at) == (True, None)
    robin.post(f"/people/{lee.pk}/", {"do": "role", "administrator": "yes"})
    assert robin.post(f"/people/{mine.pk}/", {"do": "remove"}).status_code == 302
    assert robin.get("/people/").status_code in (302, 404)
    assert "Robin" not in signed_in(world, "lee").get("/people/").content.decode()


def test_who_is_removed_leaves_nothing_behind(world: World) -> None:
    lee, membership = world.lee, world.lee.memberships.get()
    _, text = ApiToken.objects.issue(lee, "nightly", by=lee)
    feed, secret = Feed.make(world.quillard, by=lee)
    MonthlyReport.objects.create(account=world.quillard, person=lee)
    membership.change_role(administrator=True, by=world.robin)
    now = timezone.localtime()
    sent = Invitation.invite(
        world.quillard, email="friend@people.example", name="F", administrator=True, by=lee, at=now
    )
    client = signed_in(world, "lee")
    assert client.get("/entries/").status_code == 200
    assert signed_in(world, "robin").post(f"/people/{membership.pk}/", {"do": "remove"}).status_code == 302
    assert client.get("/entries/").status_code in (302, 404)
    assert Client().get(f"/feeds/{secret}.ics").status_code == 404
    assert Client().get("/api/v1/entry-lines/", headers={"Authorization": f"Token {text}"}).status_code == 401
    feed.refresh_from_db()
    sent.refresh_from_db()
    assert feed.revoked_at is not None
    assert sent.withdrawn_at is not None
    assert not ApiToken.objects.filter(user=lee).exists()
    assert not MonthlyReport.objects.filter(person=lee).exists()
    assert "no longer open" in Client().post(address(sent)).content.decode()


def test_who_is_demoted_does_not_come_back_by_an_invitation_of_their_own(world: World) -> None:
    membership = world.lee.memberships.get()
    membership.change_role(administrator=True, by=world.robin)
    given = {"name": "F", "administrator": True, "by": world.lee, "at": timezone.localtime()}
    sent = Invitation.invite(world.quillard, email="second@people.example", **given)
    membership.refresh_from_db()
    membership.change_role(administrator=False, by=world.robin)
    sent.refresh_from_db()
    assert sent.withdrawn_at is not None
    assert "no longer open" in Client().post(address(sent)).content.decode()


def test_a_token_stays_for_another_account_and_opens_nothing_of_this_one(world: World) -> None:
    Membership.objects.create(account=world.stranger, person=world.lee)
    _, text = ApiToken.objects.issue(world.lee, "nightly", by=world.lee)
    world.lee.memberships.get(account=world.quillard).remove(by=world.robin)
    answer = Client().get("/api/v1/entry-lines/", headers={"Authorization": f"Token {text}"})
    assert answer.status_code == 200
    assert "M2P" not in answer.content.decode()


def test_whoever_ends_a_membership_the_same_is_gone(world: World) -> None:
    """Not only by the verb: a bulk update is enough for the triggers."""
    ApiToken.objects.issue(world.lee, "nightly", by=world.lee)
    Membership.objects.filter(person=world.lee).update(ended_at=timezone.now())
    assert not ApiToken.objects.filter(user=world.lee).exists()


def test_a_member_of_the_broker_who_leaves_sees_nothing_of_what_was_delegated(world: World) -> None:
    today = timezone.localdate()
    Delegation.objects.create(
        importer=world.quillard, broker=world.lindale, kinds=["entries"], power_of_attorney=today,
        expires=today + datetime.timedelta(days=9),
    )  # fmt: skip
    Membership.objects.create(account=world.lindale, person=world.lee, administrator=True)
    billie = signed_in(world, "billie")
    assert billie.get(f"/accounts/{world.quillard.pk}/entries/").status_code == 200
    world.billie.memberships.get().remove(by=world.lee)
    assert billie.get(f"/accounts/{world.quillard.pk}/entries/").status_code == 404


def test_headquarters_keeps_an_administrator_too(world: World) -> None:
    mine = world.robin.memberships.get()
    lee = world.lee.memberships.get()
    page = {
        "name": "Quillard Electric", "kind": "importer", "center": "010", "_save": "Save",
        "memberships-TOTAL_FORMS": "2", "memberships-INITIAL_FORMS": "2",
        "memberships-0-id": str(mine.pk), "memberships-0-account": str(world.quillard.pk),
        "memberships-0-person": str(world.robin.pk), "memberships-0-administrator": "on", "memberships-0-DELETE": "on",
        "memberships-1-id": str(lee.pk), "memberships-1-account": str(world.quillard.pk),
        "memberships-1-person": str(world.lee.pk),
    }  # fmt: skip
    for name in ("identifiers", "enrollments", "assignments"):
        page |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    hq = signed_in(world, "hq")
    where = f"/admin/accounts/account/{world.quillard.pk}/change/"
    assert "last administrator" in hq.post(where, page).content.decode()
    assert hq.post(where, page | {"memberships-1-administrator": "on"}).status_code == 302
    mine.refresh_from_db()
    assert mine.ended_at is not None


# ---- how people are reached ----------------------------------------------------------------------------------


def test_everybody_says_how_they_are_reached_and_the_manager_reads_it(world: World) -> None:
    mine = world.lee.memberships.get()
    lee = signed_in(world, "lee")
    kept = {"do": "contact", "telephone": "956-555-0142", "language": "es"}
    assert lee.post(f"/people/{mine.pk}/", kept).status_code == 302
    page = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/people/").content.decode()
    assert "956-555-0142" in page
    assert "speaks Spanish best" in page
    for wrong in ({"telephone": "call me"}, {"language": "xx"}):
        assert lee.post(f"/people/{mine.pk}/", kept | wrong).status_code == 200
    assert signed_in(world, "robin").post(f"/people/{mine.pk}/", kept | {"language": "fr"}).status_code == 404
    world.lee.refresh_from_db()
    assert (world.lee.telephone, world.lee.language) == ("956-555-0142", "es")
