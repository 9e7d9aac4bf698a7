"""A mail with words for its reader alone is the same mail whether it was drawn for them or put together."""

from email.message import EmailMessage

import pytest

from notifications import own_words, sending
from notifications.letters import Due
from notifications.models import Delivery
from notifications.own_words import OWN, PLACE, Own, Shell
from tests.mail_servers import Post, text_of
from tests.notifications.messages import make_message, make_people

pytestmark = pytest.mark.django_db
HEADING = "What it means for you"
WORDS = {
    "person0000@people.example": "You imported $1,240,000 of this from China.",
    "person0001@people.example": "Smith & Sons’ <b>bond</b> = 5 %; =E2 is no code.\n.A line that begins with a dot\n..\nÜber allem",
    "person0002@people.example": ".first\n" + "x" * 500 + "\n" + "ü" * 300,
    "person0003@people.example": "",
}
LONG = "The rate of duty rises. " * 80  # a line that mail cannot carry as it is
TEXTS = {
    "short": "The lead.\n\nWhat changes\nIt changes.",
    "letters beyond ASCII": "The lead.\n\nWhat changes\nCBP’s rate.",
    "long": f"The lead.\n\nWhat changes\n{LONG}",
    "with a dot": "The lead.\n\n.What\n.changes",
}


def page_of(mail: EmailMessage) -> str:
    return " ".join(text_of(mail, "html").split()).replace("<br> ", "<br>")


def sent(post: Post, text: str) -> dict[str, EmailMessage]:
    message = make_message(make_people(4))
    message.topic, message.text = "own", text
    message.save()
    assert sending.send_all() == 4
    return {str(mail["To"]): mail for mail in post.mails}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_put_together_it_is_the_mail_that_would_be_drawn(
    post: Post, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def words(delivery: Due) -> str:
        return WORDS[delivery.email]

    monkeypatch.setitem(OWN, "own", Own(HEADING, words))
    made: list[str] = []
    real = Shell.filled
    monkeypatch.setattr(Shell, "filled", lambda shell, words: made.append(words) or real(shell, words))
    together = sent(post, text)
    assert sorted(made) == sorted(words for words in WORDS.values() if words)
    monkeypatch.setattr(own_words.Shell, "of", lambda *_: None)
    post.mails.clear()
    Delivery.objects.update(state="queued", sent_at=None)
    assert sending.send_all() == 4
    for mail in post.mails:
        other = together[str(mail["To"])]
        assert text_of(other) == text_of(mail)
        assert page_of(other) == page_of(mail)
        assert (HEADING in text_of(mail)) == bool(WORDS[str(mail["To"])])
        assert other["Message-ID"] == mail["Message-ID"]
        assert all(len(line) <= 998 for line in other.as_bytes().splitlines())
        assert PLACE not in text_of(other) + text_of(other, "html")


def test_where_a_place_is_not_found_once_in_each_part_there_is_no_shell() -> None:
    assert Shell.of(PLACE, PLACE, PLACE.encode()) is None
    assert Shell.of(PLACE, PLACE, PLACE.encode() * 3) is None
    assert Shell.of(PLACE, "none", PLACE.encode() * 2) is None
    assert Shell.of(PLACE, PLACE, PLACE.encode() * 2)
