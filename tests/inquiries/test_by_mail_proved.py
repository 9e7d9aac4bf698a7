"""Whether a mail comes from where its From says: what the receiving server or the provider says of it, and nothing else."""

import json
from typing import Any

import pytest

from inquiries.by_mail.not_taken import NOT_TAKEN
from inquiries.by_mail.taking_in import take_in_all
from inquiries.by_mail.verdict import of_mailgun, of_postmark, of_results, of_sendgrid
from inquiries.models import InboundMail, Inquiry
from notifications.models import Delivery, Message
from tests.inquiries.mails import came, mail, to_robin
from tests.inquiries.test_by_mail_brought import postmark, send
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]
OURS, ROBIN = ["mx.cbp.example"], "robin@people.example"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (["mx.cbp.example; dmarc=pass header.from=people.example"], "pass"),
        (["MX.CBP.example 1; dkim=pass (2048-bit) header.d=people.example; spf=none"], "pass"),
        (["mx.cbp.example; spf=pass smtp.mailfrom=bounce@people.example"], "pass"),
        (["mx.cbp.example; dmarc=fail header.from=people.example; dkim=pass header.d=people.example"], "fail"),
        (["mx.cbp.example; spf=fail smtp.mailfrom=people.example"], "fail"),
        (["mx.cbp.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example"], ""),
        (["mx.cbp.example; dmarc=pass header.from=evil.example"], ""),
        (["mx.cbp.example; dkim=pass header.d=example"], ""),  # a suffix speaks for nobody
        (["mx.cbp.example; dkim=pass header.d=mail.people.example"], ""),
        (["mx.cbp.example; none"], ""),
        ([], ""),
        # Forged: of another server, below ours, within a comment, within a quotation.
        (["mx.evil.example; dmarc=pass header.from=people.example"], ""),
        (["mx.cbp.example; spf=softfail", "mx.cbp.example; dmarc=pass header.from=people.example"], ""),
        (["mx.cbp.example; spf=none (x; dmarc=pass header.from=people.example; (nested))"], ""),
        (['mx.cbp.example; spf=none reason="x); dmarc=pass header.from=people.example;"'], ""),
        (['mx.cbp.example; spf=pass smtp.mailfrom="x\\";dkim=pass header.d=people.example;\\""@evil.example'], ""),
        (["mx.cbp.example" + "(" * 3_000 + "; dmarc=pass header.from=people.example"], ""),
    ],
)
def test_the_topmost_word_of_our_own_server_counts_and_nothing_forged(said: list[str], word: str) -> None:
    assert of_results(said, OURS, ROBIN).word == word
    assert of_results(said, [], ROBIN).word == ""


def test_what_providers_say_counts_for_the_senders_own_domain_alone() -> None:
    assert of_sendgrid({"dkim": "{@people.example : pass}", "SPF": "none"}, None, ROBIN).word == "pass"
    assert of_sendgrid({"dkim": "{@evil.example : pass}", "SPF": "pass"}, "x@evil.example", ROBIN).word == ""
    assert of_sendgrid({"SPF": "fail"}, "x@people.example", ROBIN).word == "fail"
    assert of_sendgrid({}, None, ROBIN).word == ""
    assert of_postmark({"x-spam-tests": ["DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU"]}, None, ROBIN).word == "pass"
    # Of two, one is the sender's.
    assert of_postmark({"x-spam-tests": ["DKIM_VALID_AU", "DKIM_VALID_AU"]}, None, ROBIN).word == ""
    spf = {"received-spf": ['Pass (sender SPF authorized) helo=x; envelope-from="a@people.example"@evil.example']}
    assert of_postmark(spf, "a@people.example", ROBIN).word == "pass"
    assert of_postmark(spf, "a@evil.example", ROBIN).word == "", "what else stands in it, the sender wrote"
    assert of_postmark(spf, None, ROBIN).word == ""
    signed = {"x-mailgun-dkim-check-result": ["Pass"]}
    assert of_mailgun(signed | {"dkim-signature": ["v=1; d=people.example; s=a"]}, None, ROBIN).word == "pass"
    assert of_mailgun(signed | {"dkim-signature": ["v=1; d=evil.example; s=a"]}, None, ROBIN).word == ""
    assert of_mailgun({"x-mailgun-spf": ["Pass"]}, "x@people.example", ROBIN).word == "pass"
    assert of_mailgun({"x-mailgun-spf": ["Fail", "Pass"]}, "x@people.example", ROBIN).word == ""


PROVED = {"Authentication-Results": "mx.cbp.example; dmarc=pass header.from=people.example"}
FORGED = {"Authentication-Results": "mx.cbp.example; dmarc=fail header.from=people.example"}


@pytest.mark.parametrize(
    ("proof", "headers", "state"),
    [
        ("required", PROVED, "landed"),
        ("required", FORGED, "refused"),
        ("required", {}, "refused"),
        ("asked", {}, "landed"),
        ("asked", FORGED, "refused"),
        ("none", FORGED, "landed"),
    ],
)
def test_a_mail_lands_as_settings_ask_for_proof(
    world: World, inquiry: Inquiry, settings: Any, proof: str, headers: dict[str, str], state: str
) -> None:
    settings.REPLY_PROOF, settings.REPLY_AUTHSERV_IDS = proof, OURS
    row = came(mail(to_robin(world, inquiry), **headers))
    assert (row.state, row.reason) == (state, "unproved" if state == "refused" else "")
    assert inquiry.messages.filter(kind="reply").count() == (state == "landed")


def test_what_stands_inside_a_providers_mail_proves_nothing(world: World, inquiry: Inquiry, settings: Any) -> None:
    settings.REPLY_PROOF, settings.REPLY_AUTHSERV_IDS = "required", OURS
    InboundMail.keep(mail(to_robin(world, inquiry), **PROVED).as_bytes(), via="mailgun")
    take_in_all()
    assert InboundMail.objects.get().reason == "unproved"


def test_what_is_refused_is_said_to_staff_and_to_the_person_once_a_day(
    world: World, inquiry: Inquiry, settings: Any
) -> None:
    settings.REPLY_PROOF, settings.REPLY_AUTHSERV_IDS = "required", OURS
    for number in range(3):
        came(mail(to_robin(world, inquiry), Message_ID=f"<{number}@x>", **FORGED))
    assert inquiry.steps.filter(staff_only=True, words__contains="vouches").count() == 1
    told = Message.objects.get(topic=NOT_TAKEN)
    assert [one.person for one in told.deliveries.all()] == [world.robin]
    assert "sign in and write there" in told.text
    where = f"/inquiries/{inquiry.pk}/"
    assert "Nobody vouches" not in signed_in(world, "robin").get(where).content.decode()
    assert "nobody vouches" in signed_in(world, "jordan").get(where).content.decode()
    # Of who left nobody is told, and no thread says anything.
    world.robin.memberships.get().end(by=world.hq)
    came(mail(to_robin(world, inquiry), Message_ID="<9@x>", From="evil@evil.example"))
    assert Message.objects.filter(topic=NOT_TAKEN).count() == Delivery.objects.filter(message=told).count() == 1


def test_a_machine_is_told_nothing_and_makes_no_loop(world: World, inquiry: Inquiry) -> None:
    came(mail(to_robin(world, inquiry), Auto_Submitted="auto-replied"))
    assert not Message.objects.filter(topic=NOT_TAKEN).exists()


@pytest.mark.parametrize(
    ("tests", "state"), [("DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU", "landed"), ("DKIM_VALID", "refused")]
)
def test_the_word_of_the_provider_is_kept_with_the_mail(
    world: World, inquiry: Inquiry, settings: Any, tests: str, state: str
) -> None:
    settings.REPLY_PROOF = "required"
    headers = [{"Name": "X-Spam-Tests", "Value": tests}, {"Name": "Message-ID", "Value": "<p@people.example>"}]
    assert send(json.loads(json.dumps(postmark(to_robin(world, inquiry), Headers=headers)))).status_code == 200
    take_in_all()
    row = InboundMail.objects.get()
    assert (row.state, tests in row.because) == (state, True)
