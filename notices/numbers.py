"""How each source numbers its notices (domain 6). Pure."""

import re

#: By source: the forms that its numbers have, and how they are called in words.
FORMS = {
    "CSMS": (r"\d{8}|\d{2}-\d{6}", "eight digits, or year and six digits such as 15-000967"),
    "FR": (r"FR Doc (\d{4}|[A-Z]?\d{1,2})-\d{4,6}|\d{1,3} FR \d{1,6}|[A-Z]{2,8}-\d{4}-\d{4}", "such as 90 FR 34665, FR Doc 2015-28503 or USCBP-2006-0119"),
    "RULING": (r"(HQ|NY) ?[A-Z]?\d{5,6}", "such as HQ H298167 or NY N304512"),
    "ADCVD": (r"\d{7}", "seven digits"),
}  # fmt: skip
#: What the demonstration calls its own: no source numbers so.
INVENTED = r"DEMO-\d{4,}"


def why_not(kind: str, number: str) -> str:
    """What is wrong with a number, in a sentence; empty where nothing is. Sources without a known form take any."""
    form, words = FORMS.get(kind, ("", ""))
    if not form or re.fullmatch(form, number) or re.fullmatch(INVENTED, number):
        return ""
    return f"Numbers of this source are {words}."
