"""Papers of the invented world: small PDFs, made of nothing, the same bytes for the same words."""

MARGIN, TOP, LEADING = 72, 740, 18


def pdf(title: str, lines: list[str]) -> bytes:
    """A PDF of one page (Letter) with a title and lines below it. Text: what Latin-1 can write.

    Written by hand, since a library would put the time and its own version into the file.
    """
    shown = [f"/F1 16 Tf {MARGIN} {TOP} Td ({_escaped(title)}) Tj /F1 11 Tf"]
    shown += [f"0 -{LEADING} Td ({_escaped(line)}) Tj" for line in ("", *lines)]
    stream = ("BT " + "\n".join(shown) + " ET").encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
        b" /Encoding /WinAnsiEncoding >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(made)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
