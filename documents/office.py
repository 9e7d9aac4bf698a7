"""Workbooks and documents of Office (OOXML): archives of XML, looked into without unpacking more than is safe."""

import re
import zipfile
import zlib
from typing import BinaryIO
from xml.parsers import expat

MOST_PARTS = 5_000
MOST_UNPACKED = 250 * 2**20
PIECE = 2**20
CONTENT_TYPES = "[Content_Types].xml"
MOST_CONTENT_TYPES = 2 * 2**20
#: Parts that run: macros of today, of 1992 (macro sheets), and controls.
RUNS = re.compile(r"vbaproject|vbadata|macrosheets/|activex/|\.(exe|dll|js|vbs|bat|cmd|ps1|scr|com|jar|hta)$", re.I)
#: Links that fetch something when the file is opened, as ordinary hyperlinks do not.
FETCHES = re.compile(r"/(attachedTemplate|oleObject|frame|subDocument)$", re.I)
DAMAGED = "The file is damaged: open it, save it again and send that."
BOMB = "The file grows beyond measure when it is unpacked."
MACROS = "The file holds macros or programs. Save it without them and send that."


def has_a_zip_in_it(file: BinaryIO) -> bool:
    """Whether a program that unpacks archives would find one in the file."""
    file.seek(0)
    return zipfile.is_zipfile(file)


def check_office(file: BinaryIO, main: str) -> None:
    """Whether the archive is a plain workbook or document. main: the middle of its main part's content type.

    Raises ValueError, in words for who sent it: macros, another kind, a password, too many or too large parts, damage.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check_directory(parts)
            types = _content_types(archive)
            if "macroenabled" in types.lower():
                raise ValueError(MACROS)
            if f"{main}.main+xml" not in types:
                raise ValueError("The name says one kind of Office file, but the content is another.")
            _unpack(archive, parts)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, OSError,
            expat.ExpatError) as error:  # fmt: skip
        raise ValueError(DAMAGED) from error


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ValueError(BOMB)
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise ValueError("The file is locked with a password and cannot be looked into.")
    if len(set(names)) < len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise ValueError(DAMAGED)
    if any(RUNS.search(name) for name in names):
        raise ValueError(MACROS)


def _content_types(archive: zipfile.ZipFile) -> str:
    """The list of the parts' types, as text: another encoding than UTF-8 could hide what it says."""
    if archive.getinfo(CONTENT_TYPES).file_size > MOST_CONTENT_TYPES:
        raise ValueError(BOMB)
    return _plain(archive.read(CONTENT_TYPES))


def _plain(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(DAMAGED) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "\0" in text:
        raise ValueError(DAMAGED)
    return text


def _unpack(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Read each part to its end, piece by piece: what the directory says of sizes may be a lie, checksums may fail."""
    left = MOST_UNPACKED
    for part in parts:
        links = _reader_of_links() if part.filename.lower().endswith(".rels") else None
        with archive.open(part) as opened:
            while piece := opened.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise ValueError(BOMB)
                if links:
                    links.Parse(piece, False)
        if links:
            links.Parse(b"", True)


def _reader_of_links() -> expat.XMLParserType:
    """Reads a list of links as Office does, however it is written, and stops at the first that fetches something."""

    def element(name: str, has: dict[str, str]) -> None:
        of = {key.rpartition(":")[2]: text.strip() for key, text in has.items()}
        if of.get("TargetMode", "").lower() == "external" and FETCHES.search(of.get("Type", "")):
            raise ValueError("The file fetches something from elsewhere when it is opened. Save it without that.")

    def doctype(*_: object) -> None:
        raise ValueError(DAMAGED)

    reader = expat.ParserCreate()
    reader.StartElementHandler, reader.StartDoctypeDeclHandler = element, doctype
    return reader
