"""When somebody can be called, in words: times of a day, and whose clock they are."""

import datetime

#: Zones of CBP's offices, as people call them.
ZONES = {
    "America/New_York": "Eastern time",
    "America/Detroit": "Eastern time",
    "America/Chicago": "Central time",
    "America/Denver": "Mountain time",
    "America/Phoenix": "Arizona time",
    "America/Los_Angeles": "Pacific time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
    "America/Puerto_Rico": "Atlantic time",
}
NOON, MIDNIGHT = datetime.time(12), datetime.time(0)


def clock(value: datetime.time) -> str:
    """8:30 a.m., noon, 5 p.m."""
    if value in (NOON, MIDNIGHT):
        return "noon" if value == NOON else "midnight"
    minutes = f":{value:%M}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes} {'a' if value.hour < 12 else 'p'}.m."


def hours_in_words(opens: datetime.time | None, closes: datetime.time | None, zone: str) -> str:
    """weekdays 8:30 a.m. to 5 p.m., Central time; empty where no hours are said. zone: a name of the IANA data base."""
    if opens is None or closes is None:
        return ""
    whose = ZONES.get(zone, "")
    return f"weekdays {clock(opens)} to {clock(closes)}" + (f", {whose}" if whose else "")
