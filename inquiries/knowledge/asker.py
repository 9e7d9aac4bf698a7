"""What in a text tells who asked: names, numbers, bonds and entries of the account, and its people, whoever reads the text.

An expert sees few of these names, so asking as the reader would miss most. The database looks with its owner's rights and
tells only words that stand in the text (migration 0021).
"""

from django.db import connection

from inquiries.knowledge.stripping import COMMON, forms_in

ASK = "SELECT told FROM what_tells_who_asked(%s, %s, %s, %s)"


def names_in(text: str, *, inquiry: int | None = None, entry: int | None = None) -> list[str]:
    """Words of the text that name who asked, as they stand there. One statement.

    inquiry, entry: id of what the text is taken from; of one of both.
    """
    with connection.cursor() as cursor:
        cursor.execute(ASK, [inquiry, entry, text, sorted(COMMON)])
        return [word for (word,) in cursor.fetchall()]


def traces(text: str, *, inquiry: int | None = None, entry: int | None = None) -> list[str]:
    """What in a text still tells who asked: names, then what has the form of a number or an address."""
    return names_in(text, inquiry=inquiry, entry=entry) + forms_in(text)
