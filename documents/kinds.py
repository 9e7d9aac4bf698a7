"""Which kinds of file are taken, told by content; what name and content disagree on is refused. Pure but for reading.

The signatures come from puremagic; what it does not look at (the end, what lies inside, a second file hidden in the
first) is looked at here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from documents.names import ending_of
from documents.office import check_office, has_a_zip_in_it

MEGABYTE = 2**20
LIMIT = 25 * MEGABYTE
HEAD, FOOT = 1024, 1024
TOO_LARGE = f"The file is larger than {LIMIT // MEGABYTE} MB. Send it in parts, or as a smaller scan."

MARKUP = re.compile(rb"<(!doctype|\?xml-stylesheet|html|script|svg|iframe|body|head)\b", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
#: Where a cell may begin with a formula, in a line that was cut at what parts cells. No run of spaces is looked at twice:
#: what an account sends may be made to be slow.
FORMULA = re.compile(r"""(?:^|["'\r])[^\S\r]*[=+\-@]""")


class Refused(ValueError):
    """The file is not taken; says why, in words for the person who sent it."""


@dataclass(frozen=True)
class Kind:
    """A kind that is taken. endings: of names; signs: what puremagic calls it; check: raises ValueError."""

    code: str
    label: str
    content_type: str
    endings: tuple[str, ...]
    signs: tuple[str, ...]
    check: Callable[[BinaryIO], None]


def _nothing(file: BinaryIO) -> None:
    """No further check: the signature says it all."""


def _pdf(file: BinaryIO) -> None:
    file.seek(0)
    if not file.read(5) == b"%PDF-" or b"%%EOF" not in _foot(file):
        raise ValueError("The PDF is damaged or cut off: save it again and send that.")


def _png(file: BinaryIO) -> None:
    if not _foot(file).endswith(b"IEND\xae\x42\x60\x82"):
        raise ValueError("The picture is cut off, or something is hidden behind it.")


def _jpeg(file: BinaryIO) -> None:
    # Phones write notes of their own behind the picture: the end mark need not be the last thing in the file.
    file.seek(0)
    if b"\xff\xd9" not in file.read():
        raise ValueError("The picture is cut off.")


def _text(file: BinaryIO) -> None:
    file.seek(0)
    text = _decoded(file.read())
    if CONTROLS.search(text):
        raise ValueError("The name says text, but the content is not text.")
    start = text.lstrip("\ufeff \t\r\n\f")[:200].lower()
    if re.match(r"<[a-z!?/]", start) or start.startswith(("#!", "{\\rtf", "%!", "mime-version:")):
        raise ValueError("The name says text, but the content is a page, a script or another kind of file.")
    if _starts_a_program(text):
        raise ValueError("A cell of the file would start a program in a spreadsheet: take that formula out.")


def _starts_a_program(text: str) -> bool:
    """Whether a cell makes a spreadsheet start another program: a formula with "|" in the cell and "!" behind it."""
    for line in text.split("\n"):
        last = line.rfind("!")
        if last < 0 or "|" not in line:
            continue
        for cell in re.split(r"[,;\t]", line[:last]):
            begun = FORMULA.search(cell)
            if begun and "|" in cell[begun.end() :]:
                return True
    return False


def _decoded(data: bytes) -> str:
    """Text as UTF-16 where its first bytes say so, as UTF-8 where it is that, else as Windows wrote it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ValueError("The name says text, but the content is not text.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _foot(file: BinaryIO) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - FOOT))
    return file.read()


ZIP = ("xlsx", "docx")
OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.code: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf", ("pdf",), ("pdf",), _pdf),
        Kind("png", "PNG picture", "image/png", ("png",), ("png",), _png),
        Kind("jpeg", "JPEG picture", "image/jpeg", ("jpg", "jpeg"), ("jpg", "jpeg", "jfif"), _jpeg),
        Kind("tiff", "TIFF picture", "image/tiff", ("tif", "tiff"), ("tif", "tiff"), _nothing),
        Kind(
            "xlsx",
            "Excel workbook",
            f"{OFFICE}spreadsheetml.sheet",
            ("xlsx",),
            ZIP,
            lambda file: check_office(file, "spreadsheetml.sheet"),
        ),
        Kind(
            "docx",
            "Word document",
            f"{OFFICE}wordprocessingml.document",
            ("docx",),
            ZIP,
            lambda file: check_office(file, "wordprocessingml.document"),
        ),
        Kind("csv", "CSV", "text/csv", ("csv",), (), _text),
        Kind("text", "Text", "text/plain", ("txt",), (), _text),
    )
}
ACCEPT = ",".join(f".{ending}" for kind in KINDS.values() for ending in kind.endings)
TAKEN = "PDF, PNG, JPEG, TIFF, Excel (.xlsx), Word (.docx), CSV and plain text"


def kind_of(file: BinaryIO, name: str) -> Kind:
    """The kind of a file that can be sought, where its name and its content agree on one that is taken.

    name: as `names.clean_name` gives it. Raises Refused for everything else: empty, too large, of another kind, with
    macros, with a second file hidden in it, growing beyond measure when unpacked.
    """
    size = file.seek(0, 2)
    if size == 0:
        raise Refused("The file is empty.")
    if size > LIMIT:
        raise Refused(TOO_LARGE)
    ending = ending_of(name)
    kind = next((one for one in KINDS.values() if ending in one.endings), None)
    if kind is None:
        said = f"Files that end in .{ending}" if ending else "Files without an ending"
        raise Refused(f"{said} are not taken. Send {TAKEN}.")
    if kind.signs and not _signs(file) & set(kind.signs):
        raise Refused(f"The name says {kind.label}, but the content is something else.")
    _look_for_a_second_file(file, kind)
    try:
        kind.check(file)
    except ValueError as error:
        raise Refused(str(error)) from error
    file.seek(0)
    return kind


def _signs(file: BinaryIO) -> set[str]:
    """The endings that puremagic knows for what the file begins with."""
    file.seek(0)
    try:
        return {match.extension.lstrip(".") for match in puremagic.magic_stream(file)}
    except puremagic.PureError:
        return set()


def _look_for_a_second_file(file: BinaryIO, kind: Kind) -> None:
    """One file that two programs read as two kinds is refused: what one of them sees was not looked at."""
    file.seek(0)
    head = file.read(HEAD)
    if kind.code != "pdf" and b"%PDF-" in head:
        raise Refused(f"The name says {kind.label}, but a PDF is hidden in the file.")
    if kind.signs and MARKUP.search(head):
        raise Refused(f"The name says {kind.label}, but a web page is hidden in the file.")
    if kind.code not in ZIP and kind.signs and has_a_zip_in_it(file):
        raise Refused(f"The name says {kind.label}, but an archive is hidden in the file.")
