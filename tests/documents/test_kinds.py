"""Which files are taken: good ones of every kind, and every trick that was thought of."""

import contextlib
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import kinds
from documents.kinds import Refused, kind_of
from documents.names import LONGEST, clean_name, ending_of
from tests.documents import files


@pytest.mark.parametrize(("name", "data", "code"), files.GOOD, ids=[one[0] for one in files.GOOD])
def test_what_is_taken(name: str, data: bytes, code: str) -> None:
    file = io.BytesIO(data)
    assert kind_of(file, name).code == code
    assert file.tell() == 0


@pytest.mark.parametrize(("name", "data", "reason"), files.BAD, ids=[one[0] for one in files.BAD])
def test_what_is_refused_and_why(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        kind_of(io.BytesIO(data), name)


@pytest.mark.parametrize(("name", "data", "reason"), files.SLOW, ids=[one[0] for one in files.SLOW])
def test_no_file_is_looked_at_for_hours(name: str, data: bytes, reason: str) -> None:
    refused = ""
    try:
        kind_of(io.BytesIO(data), name)
    except Refused as error:
        refused = str(error)
    assert reason in refused
    assert bool(reason) == bool(refused)


def test_the_limit_is_exact() -> None:
    text = b"a" * kinds.LIMIT
    assert kind_of(io.BytesIO(text), "long.txt").code == "text"
    with pytest.raises(Refused, match="larger than 25 MB"):
        kind_of(io.BytesIO(text + b"a"), "long.txt")


def test_every_good_file_is_refused_under_every_other_ending() -> None:
    text = {"csv", "text"}
    for name, data, code in files.GOOD:
        for other in kinds.KINDS.values():
            if other.code == code or {other.code, code} <= text:
                continue
            with pytest.raises(Refused):
                kind_of(io.BytesIO(data), f"{name}.{other.endings[0]}")


@given(st.binary(max_size=400), st.sampled_from([e for k in kinds.KINDS.values() for e in k.endings]))
def test_no_bytes_break_the_check(data: bytes, ending: str) -> None:
    with contextlib.suppress(Refused):
        assert ending in kind_of(io.BytesIO(data), f"a.{ending}").endings


@pytest.mark.parametrize(("name", "data", "code"), [one for one in files.GOOD if one[2] in ("xlsx", "docx")])
def test_a_damaged_office_file_is_refused_or_harmless_and_never_an_error(name: str, data: bytes, code: str) -> None:
    chance = random.Random(1)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with contextlib.suppress(Refused):
            assert kind_of(io.BytesIO(bytes(broken)), name).code == code


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("list.pdf", "list.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\robin\\list.pdf", "list.pdf"),
        ("/list.pdf", "list.pdf"),
        ("a\x00b\r\n\x1f.pdf", "ab .pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200b\u2066b\ufeff.pdf", "ab.pdf"),
        ("  .list .pdf. ", "list .pdf"),
        ('li<st>:"|?*.pdf', "li_st______.pdf"),
        ("Stückliste Größe 1.pdf", "Stückliste Größe 1.pdf"),
        ("装箱单.pdf", "装箱单.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("a" * 300, "a" * LONGEST),
        ("a." + "b" * 300, "a." + "b" * 118),
    ],
)
def test_a_name_keeps_what_is_harmless(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@pytest.mark.parametrize("sent", ["", ".", "..", "/", "a/", "\\", "\u202e", "\x00", " . "])
def test_no_name_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        clean_name(sent)


@given(st.text(max_size=400))
def test_a_clean_name_is_clean_whatever_was_sent(sent: str) -> None:
    try:
        name = clean_name(sent)
    except ValueError:
        return
    assert name
    assert len(name) <= LONGEST
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*')
    assert clean_name(name) == name


def test_an_ending_is_what_follows_the_last_dot() -> None:
    assert [ending_of(name) for name in ("a.PDF", "a.tar.gz", "a", ".pdf", "a.")] == ["pdf", "gz", "", "", ""]
