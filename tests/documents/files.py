"""Small files of every kind, made of nothing, and the tricks that people play with them."""

import io
import struct
import zipfile
import zlib

import xlsxwriter

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(text: str = "A packing list") -> bytes:
    return f"%PDF-1.4\n%âãÏÓ\n1 0 obj\n({text})\nendobj\ntrailer\n<<>>\n%%EOF\n".encode("latin-1")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))


def png() -> bytes:
    head = struct.pack("!IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg(after: bytes = b"") -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(60) + b"\xff\xd9" + after


def tiff() -> bytes:
    return b"II*\x00\x08\x00\x00\x00" + bytes(40)


def xlsx() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "Carton 1")
    return made.getvalue()


def docx(parts: dict[str, bytes] | None = None, main: str = WORD, level: int | None = None) -> bytes:
    """A document of the least parts, and further ones, packed as well as zlib's level says."""
    types = f'<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in {
            "[Content_Types].xml": types.encode(),
            "word/document.xml": b"<w/>",
            **(parts or {}),
        }.items():
            archive.writestr(name, data)
    return made.getvalue()


def with_links(kind: str, mode: str = "External") -> bytes:
    link = (
        f'<Relationships><Relationship Type="http://x/{kind}" Target="http://x/" TargetMode="{mode}"/></Relationships>'
    )
    return docx({"word/_rels/settings.xml.rels": link.encode()})


def bomb() -> bytes:
    """A document of a megabyte that unpacks to 260 MB."""
    nothing = bytes(20 * 2**20)
    return docx({f"word/media/{n}": nothing for n in range(13)}, level=1)


def lying_bomb() -> bytes:
    """The same, with a directory that says each part is small."""
    data = bytearray(docx({"word/media/1": bytes(4 * 2**20)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(docx())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = 0
        while (at := data.find(sign, at)) >= 0:
            data[at + offset] |= 1
            at += 4
    return bytes(data)


#: Where a reader of the first two megabytes no longer looks, and as a reader of the usual spelling does not know it.
LATE_LINK = (
    b"<Relationships>" + b" " * (3 * 2**20) + b'<Relationship Type="x/frame" TargetMode="External"/></Relationships>'
)
PREFIXED_LINK = (
    "<r:Relationships xmlns:r='p'><r:Relationship Type='x/frame' TargetMode=' external '/></r:Relationships>".encode(
        "utf-16"
    )
)
GOOD = [
    ("packing list.pdf", pdf(), "pdf"),
    ("PACKING LIST.PDF", pdf(), "pdf"),
    ("carton.png", png(), "png"),
    ("carton.jpg", jpeg(), "jpeg"),
    ("carton.jpeg", jpeg(b"a note of the phone"), "jpeg"),
    ("scan.tif", tiff(), "tiff"),
    ("scan.tiff", tiff(), "tiff"),
    ("cartons.xlsx", xlsx(), "xlsx"),
    ("letter.docx", docx(), "docx"),
    ("linked letter.docx", with_links("hyperlink"), "docx"),
    ("cartons.csv", b"carton;kg\n1;-2,5\n", "csv"),
    ("BMW.csv", b"BMW,1\r\n", "csv"),
    ("zeros.csv", b'="00123",4\n', "csv"),
    ("windows.csv", "Stück;2".encode("cp1252"), "csv"),
    ("utf.txt", "\ufeffCartons: 12\n".encode(), "text"),
    ("utf16.txt", "Cartons: 12\n".encode("utf-16"), "text"),
    ("less than.txt", b"< 5 kg a carton", "text"),
]
BAD = [
    ("nothing.pdf", b"", "empty"),
    ("program.exe", b"MZ" + bytes(100), "not taken"),
    ("page.html", b"<!doctype html><html></html>", "not taken"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not taken"),
    ("list", pdf(), "without an ending"),
    (".pdf", pdf(), "without an ending"),
    ("list.pdf.exe", pdf(), "not taken"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "not taken"),
    ("macros.xlsm", xlsx(), "not taken"),
    ("archive.zip", docx(), "not taken"),
    ("program.pdf", b"MZ" + bytes(100), "something else"),
    ("picture.pdf", png(), "something else"),
    ("list.png", pdf(), "something else"),
    ("page.pdf", b"<html><script>1</script></html>", "something else"),
    ("cut.pdf", pdf().replace(b"%%EOF", b""), "cut off"),
    ("late.pdf", b"junk\n" + pdf(), "something else"),
    ("cut.png", png()[:-4], "cut off"),
    ("cut.jpg", jpeg()[:-2], "cut off"),
    ("both.pdf", pdf() + docx(), "archive is hidden"),
    ("both.png", png()[:-12] + docx() + png()[-12:], "archive is hidden"),
    ("both.jpg", jpeg(docx()), "archive is hidden"),
    ("both.tif", tiff() + pdf(), "PDF is hidden"),
    ("script.pdf", b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF", "web page is hidden"),
    ("locked.docx", encrypted(), "password"),
    ("bomb.docx", bomb(), "beyond measure"),
    ("lie.docx", lying_bomb(), "damaged"),
    ("many.docx", docx({f"word/{n}": b"" for n in range(5_001)}), "beyond measure"),
    ("macros.docx", docx({"word/vbaProject.bin": b"x"}), "macros"),
    ("macros.xlsx", docx({"xl/macrosheets/sheet1.xml": b"x"}, WORD), "macros"),
    ("program.docx", docx({"word/embeddings/run.exe": b"x"}), "macros"),
    ("enabled.docx", docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    ("book.docx", xlsx(), "another"),
    ("letter.xlsx", docx(), "another"),
    ("slip.docx", docx({"../../etc/passwd": b"x"}), "damaged"),
    ("entity.docx", docx({"word/_rels/a.rels": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"}), "damaged"),
    ("template.docx", with_links("attachedTemplate"), "fetches"),
    ("object.docx", with_links("oleObject"), "fetches"),
    ("greater.docx", with_links('attachedTemplate" Id="a>b'), "fetches"),
    ("late.docx", docx({"word/_rels/a.rels": LATE_LINK}), "fetches"),
    ("prefixed.docx", docx({"word/_rels/a.rels": PREFIXED_LINK}), "fetches"),
    ("half links.docx", docx({"word/_rels/a.rels": b"<Relationships>"}), "damaged"),
    ("half.docx", docx()[: len(docx()) // 2], "damaged"),
    ("page.txt", b"  <!DOCTYPE html><script>1</script>", "a page"),
    ("page.csv", b"\xef\xbb\xbf<svg onload=1>", "a page"),
    ("script.txt", b"#!/bin/sh\nrm -rf /\n", "a script"),
    ("rich.txt", b"{\\rtf1 x}", "another kind"),
    ("bytes.csv", b"a,b\n\x00\x01", "not text"),
    ("pdf.txt", pdf(), "PDF is hidden"),
    ("half16.txt", "Cartons".encode("utf-16")[:-1], "not text"),
    ("dde.csv", b"a,=cmd|' /C calc'!A0\n", "start a program"),
    ("quoted.csv", b"1,'  +cmd|x'!A0\n", "start a program"),
    ("returned.csv", b"a\r=cmd|' /C calc'!A0\r\n", "start a program"),
]
#: What takes a search without bounds hours: each is a file of one megabyte or unpacks to two.
SLOW = [
    ("lines.txt", b"\n" * 1_000_000, ""),
    ("spaces.csv", b"a" + b" \r" * 500_000 + b"|!", ""),
    ("quotes.csv", b'"' * 500_000 + b"|" * 500_000 + b"!", ""),
    ("formulas.csv", b"'=|" * 300_000, ""),
    ("more formulas.csv", b"=|'" * 300_000 + b"\n!", ""),
    ("links.docx", docx({"word/_rels/a.rels": b"<Relationship " * 150_000}), "damaged"),
]
