"""A provider's form, read whole: Django reads no more than two megabytes of fields, and SendGrid's hold the mail itself."""

from email.message import Message
from email.parser import BytesParser

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters


def read_whole(request: HttpRequest, most: int) -> None:
    """Let the request give all of its fields and files. most: bytes; the sender has shown its proof, and the length is known.

    Django's own limit is for forms of strangers, and can be lifted for all of them alone.
    """
    request._body = request.read(most)
    if request.content_type == "multipart/form-data":
        request._post, request._files = _parts(request.META["CONTENT_TYPE"], request._body)  # type: ignore[attr-defined]


def _parts(content_type: str, body: bytes) -> tuple[QueryDict, MultiValueDict[str, SimpleUploadedFile]]:
    """The fields and files of a form in parts (RFC 7578), which are written as those of a mail are."""
    form, files = QueryDict(mutable=True), MultiValueDict()
    whole = BytesParser().parsebytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body)
    for part in whole.get_payload() if whole.is_multipart() else ():
        assert isinstance(part, Message)
        _, named = parse_header_parameters(_plain(part, "Content-Disposition"))
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or "name" not in named:
            continue
        if "filename" in named:
            kind = part.get_content_type()
            files.appendlist(named["name"], SimpleUploadedFile(named["filename"] or "file", content, kind))
        else:
            form.appendlist(named["name"], content.decode("utf-8", "replace"))
    return form, files


def _plain(part: Message, name: str) -> str:
    """A header as its bytes say in UTF-8, as browsers and providers write it; a mail's parser takes ASCII alone."""
    found = next((value for key, value in part.raw_items() if key.lower() == name.lower()), "")
    return str(found).encode("ascii", "surrogateescape").decode("utf-8", "replace")
