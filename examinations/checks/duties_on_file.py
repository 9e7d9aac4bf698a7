"""What the check of chapter 99 numbers goes by: additional duties of notices, and those that are kept by hand."""

import datetime
import string

from accounts.models import Account, Person
from examinations import figures
from examinations.headings import in_codes
from examinations.models import AdditionalDuty, LineCode
from look.formats import plural

#: How numbers begin, for a duty that asks for a row beside all goods of a country.
EVERY = list(string.digits)


def said_of_duties_on_file(account: Account, person: Person, since: datetime.date) -> str:
    """How many additional duties the check has to go by, in a sentence: without any, no find says nothing.

    Of these, those for HTS numbers entered since that day, as far as this person may see them; origins, claims and days
    are left to the check itself.
    """
    on_file = list(AdditionalDuty.objects.values_list("hts_prefixes", flat=True))
    codes = LineCode.objects.visible_to(person).filter(figures.of_account(account), column="hts", last__gte=since)
    prefixes = sorted({prefix for one in on_file for prefix in one or EVERY})
    entered = set(codes.filter(in_codes(prefixes)).values_list("code", flat=True)) if prefixes else set()
    asked = sum(any(code.startswith(tuple(one or EVERY)) for code in entered) for one in on_file)
    said = f"{plural(len(on_file), 'additional duty is', 'additional duties are')} on file"
    if on_file:
        said += f", {asked or 'none'} of them for HTS numbers entered here"
    return said + ("." if asked else ": nothing was compared, so that no line was found is no clean result.")
