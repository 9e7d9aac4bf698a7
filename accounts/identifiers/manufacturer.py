"""The manufacturer identification code (19 CFR part 102, appendix)."""

import re

#: Canadian addresses carry their province instead of the country.
PROVINCES = {
    "AB": "XA",
    "BC": "XC",
    "MB": "XM",
    "NB": "XB",
    "NL": "XW",
    "NT": "XT",
    "NS": "XN",
    "NU": "XV",
    "ON": "XO",
    "PE": "XP",
    "QC": "XQ",
    "SK": "XS",
    "YT": "XY",
}
SKIPPED = {"A", "AN", "AND", "OF", "THE"}
INITIALS = re.compile(r"^(?:[A-Z]\.){2,}[A-Z]?\.?$")


def _name_part(name: str) -> str:
    words = []
    for raw in name.upper().split():
        # Initials together count as one word.
        word = re.sub(r"[^A-Z0-9]", "", raw)
        if word and (INITIALS.match(raw) or word not in SKIPPED):
            words.append(word)
    return "".join(word[:3] for word in words[:2])


def _number_part(address: str) -> str:
    """The largest number of the street line, its first four digits; a number that is the street's name is none."""
    runs = [""]
    for word in re.split(r"[\s,]+", address.upper()):
        if re.fullmatch(r"[\d\-/]+", word):
            runs[-1] += re.sub(r"[^0-9]", "", word)  # "12-34 56" is one number
        else:
            runs.append("")
    return max(runs, key=lambda digits: int(digits[:9] or 0))[:4]


def manufacturer_id(country: str, name: str, address: str, city: str) -> str:
    """Build the code of a manufacturer: country, name, street number, city; fifteen characters at most.

    country: ISO code of origin, or for Canada `CA-` and the province. Raises ValueError without country, name
    or city.
    """
    country = country.strip().upper()
    if country.startswith("CA-"):
        try:
            country = PROVINCES[country[3:]]
        except KeyError:
            raise ValueError(f"{country[3:]!r} is no Canadian province.") from None
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise ValueError(f"{country!r} is not a country code of two letters.")
    who, where = _name_part(name), re.sub(r"[^A-Z]", "", city.upper())[:3]
    if not who or not where:
        raise ValueError("A manufacturer id needs a name and a city.")
    return (country + who + _number_part(address) + where)[:15]
