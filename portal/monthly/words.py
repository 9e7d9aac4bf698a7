"""The month in sentences. Pure: facts in, words out."""

from look.formats import count, halves, money, number_word, percent, plural
from portal.monthly.facts import MonthFacts


def subject_of(facts: MonthFacts, account: str) -> str:
    """The line of the mail: which month, of whom."""
    return f"{facts.month:%B %Y}: {' '.join(account.split())}"[:200]


def lead_of(facts: MonthFacts) -> str:
    """The month in one sentence."""
    if not facts.entries and not facts.selected:
        return f"In {facts.month:%B %Y} no entry and no examination is on file."
    looked = (
        "CBP looked at none" if not facts.examined else f"CBP looked at {count(facts.examined)}"
    ) + f" of {plural(facts.entries, 'entry', 'entries')} of {facts.month:%B %Y}"
    held = (
        "nothing is held now"
        if not facts.held_now
        else f"{plural(facts.held_now, 'shipment is', 'shipments are')} held now"
    )
    return f"{looked}; {held}."


def _examined(facts: MonthFacts) -> str:
    if not facts.selected:
        return "No cargo examination was selected in this month."
    words = f"{plural(facts.selected, 'cargo examination was', 'cargo examinations were')} selected in this month."
    if facts.ended and facts.half_within is not None:
        days = "day" if facts.half_within == 1 else "days"
        ended = number_word(facts.ended).capitalize()
        within = "after" if facts.ended == 1 else "half of them within"
        words += f" {ended} of them ended, {within} {halves(facts.half_within)} {days}."
    else:
        words += " None of them has ended yet."
    return words


def _found(facts: MonthFacts) -> str:
    if facts.found:
        words = f"{plural(facts.found, 'closed examination or review', 'closed examinations and reviews')} had a discrepancy."
    else:
        words = "No closed examination or review had a discrepancy."
    if facts.owed or facts.overpaid:
        words += f" They found {money(facts.owed)} more owed and {money(abs(facts.overpaid))} overpaid."
    return words


def _bond(facts: MonthFacts) -> str:
    if facts.bond_amount is None or facts.bond_use is None:
        return ""
    return (
        f"The bond is {money(facts.bond_amount)}, of which {percent(facts.bond_use, 0)} is used; {facts.bond_stands}."
    )


def paragraphs_of(facts: MonthFacts) -> list[tuple[str, str]]:
    """Headings and sentences, in the order in which a reader would ask."""
    found = [
        ("Examined", _examined(facts)),
        ("Found", _found(facts)),
        ("Duty", f"{money(facts.duty)} of duty, fees and tax were deposited for entries of this month."),
        ("Bond", _bond(facts)),
    ]
    return [(heading, words) for heading, words in found if words]


def text_of(facts: MonthFacts, addresses: list[tuple[str, str]]) -> str:
    """The mail as plain text: the lead, the sentences, where the rows are, and how it ends. addresses: label, address."""
    parts = [lead_of(facts), *(f"{heading}\n{words}" for heading, words in paragraphs_of(facts))]
    parts.append("Where the rows are\n" + "\n".join(f"{label}: {address}" for label, address in addresses))
    parts.append("You asked for this report. The page below shows it, and one button there stops it.")
    return "\n\n".join(parts)
