"""The review among the files that a worker makes for who asked, in that person's scope; fetched for seven days."""

from django.utils.text import slugify

from examinations.exports.kinds import Asked, Filters, Kind, register
from portal.review.facts import review_of
from portal.review.pdf import FORMAT, ReviewDocument
from portal.review.words import agenda_of, compared_of, lead_of, summary_of

NAME = "account-review"


def context_of(asked: Asked) -> dict[str, object]:
    """What page and document show alike."""
    given = review_of(asked.account, asked.person, asked.today)
    return {
        "account": asked.account,
        "review": given,
        "said": lead_of(given),
        "summary": summary_of(given),
        "agenda": agenda_of(given),
        "compared": compared_of(given),
        "today": asked.today,
    }


def _document(asked: Asked) -> ReviewDocument:
    name = f"account-review-{slugify(asked.account.name)[:60]}-{asked.today}"
    return ReviewDocument(name, (), (), context=context_of(asked))


def _settled(asked: Asked) -> Filters:
    return {}


KIND = register(Kind(NAME, "Account review", "/review/", _document, _settled, formats=(FORMAT,)))
