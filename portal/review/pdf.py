"""The review as a PDF: the same template, laid out by WeasyPrint without a browser.

WeasyPrint needs Pango from the system. Where that is missing, there is no button for a PDF and the page prints as ever.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string

from look.downloads import Sheet, Told, nobody

FORMAT = "pdf"


@cache
def _layout() -> Any | None:
    """WeasyPrint, or None. It takes as long to load as the rest of the portal, and few processes lay out anything."""
    try:
        return importlib.import_module("weasyprint")
    except OSError:  # Pango is no part of a Python package
        return None


def can_be_made() -> bool:
    """Whether this machine lays out PDFs."""
    return _layout() is not None


@cache
def _look() -> str:
    return (Path(settings.BASE_DIR) / "static" / "review.css").read_text()


def _nothing_from_outside(address: str, *args: Any, **kwargs: Any) -> Any:
    """The document stands by itself: what somebody wrote into a note makes no request from the server."""
    raise ValueError(f"A review loads nothing: {address}")


@dataclass(frozen=True)
class ReviewDocument(Sheet):
    """A document in the place of a list, for the worker that makes files for their owners."""

    context: Mapping[str, object] = field(default_factory=dict)

    def write_pdf(self, file: IO[bytes], told: Told = nobody) -> int:
        """Write the PDF; returns the number of its pages."""
        html = render_to_string("portal/review/document.html", {**self.context, "look": _look()})
        layout = _layout()
        assert layout is not None, "Whoever asks for a PDF has asked whether it can be made."
        document = layout.HTML(string=html, url_fetcher=_nothing_from_outside).render()
        document.write_pdf(file)
        return len(document.pages)
