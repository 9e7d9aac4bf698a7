"""Invented policy notices, past and coming, dated from the world's today. Numbers and texts are nobody's."""

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Notice:
    """A notice as headquarters writes it. Audience lists that are empty restrict nothing.

    rate_change: percentage points of duty, None where the notice changes no duty. answer_by: action asked
    by then. late: why it came later than promised, for a reason outside CBP's control. superseded_by: the title of the
    notice that took its place; retracted: it was taken back; scheduled: approved for a day ahead.
    """

    kind: str  # CSMS, FR, TRADE, RULING, ADCVD
    number: str
    title: str
    body: str
    published: date
    effective_date: date
    subject: str  # one of KINDS
    hts_prefixes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    account_types: tuple[str, ...] = ()
    rate_change: str | None = None
    to_do: str = ""
    answer_by: date | None = None
    draft: bool = False
    late: str = ""
    superseded_by: str = ""
    retracted: bool = False
    scheduled: bool = False


# subject | title | days from today to publication | and to effect | prefixes | countries | ports
# | rate | days to the answer
COMING = """
TARIFF_ACTION | Motors of 8501 from China: 25 percentage points more | -6 | 52 | 8501 | CN | | 25.0 | 21
RULING | Origin marking of pumps: on each pump, not only its carton | -36 | 24 | 8413 | | | | 14
FEE | Merchandise processing fee: new least and most announced | -3 | 67 | | | | |
SYSTEM | Entry summaries: mode of transportation becomes a required field | -9 | 19 | | | | |
REGULATION | Footwear: samples of uppers to be kept for five years | -12 | 30 | 6402 6403 6404 | | | | 16
RULING | Insulated bottles: proposed move from heading 9617 to 7323 | -5 | 55 | 9617 | | | | 25
TARIFF_ACTION | Wooden furniture of 9403: temporary surcharge ends | -2 | 12 | 9403 | | | -10.0 |
FORCED_LABOR | Cotton goods: two factories listed | -1 | 0 | 6104 6109 6203 6204 | CN | | |
ADCVD | Plastic film from India: new deposit rate after yearly review | 0 | 0 | 3920 | IN | | 6.2 |
PORT | Laredo: cargo lanes for empty returns closed at night for six weeks | -4 | 11 | | | 2304 | |
PORT | Los Angeles: second examination station opens | -8 | 26 | | | 2704 2709 | |
PROGRAM | CTPAT Trade Compliance: yearly notification letters take a new form | -15 | 38 | | | | | 38
BROKER | Triennial status report: filing opens | -20 | 21 | | | | | 96
REGULATION | Steel mill licence: data element for country of melt and pour | -22 | 9 | 72 73 | | | |
TARIFF_ACTION | Footwear of 6404 from Viet Nam: rate falls by agreement | -7 | 37 | 6404 | VN | | -3.5 |
SYSTEM | Web portal closed for maintenance on two Saturdays | -2 | 4 | | | | |
TARIFF_ACTION | Copper wire of 7408: 15 percentage points more | 3 | 70 | 7408 | | | 15.0 | 40
"""
PAST = """
TARIFF_ACTION | Emergency duties end; how refunds will be asked for | -276 | -273 | | | | |
SYSTEM | Refunds of emergency duties: report to use and how to check it | -240 | -226 | | | | |
SYSTEM | Refunds of emergency duties: second group of entries opens | -170 | -160 | | | | |
FEE | Merchandise processing fee: amounts of the fiscal year | -124 | -54 | | | | |
RULING | Lamps with sensors: classification in heading 9405 confirmed | -150 | -90 | 9405 | | | |
RULING | Locks for doors: note on heading 8302 changed | -365 | -305 | 8302 | | | | -320
REGULATION | Avocados: inspection at origin accepted | -210 | -180 | 080440 | MX | | |
FORCED_LABOR | Aluminum extrusions: three factories listed | -133 | -132 | 7604 7606 7610 | CN | | |
ADCVD | Steel nails and screws from Taiwan: final rates | -190 | -190 | 7318 | TW | | 4.8 |
ADCVD | Tires from Thailand: preliminary rates | -88 | -88 | 4011 | TH | | 12.3 |
PORT | Port Huron: new scanning lane, drivers stay in the cab | -75 | -61 | | | 3802 | |
PORT | Newark: holiday hours of the examination station | -330 | -318 | | | 4601 | |
PROGRAM | Partner members: tier three benefits at land ports extended | -140 | -110 | | | | |
SYSTEM | Cargo release: status texts become clearer | -112 | -98 | | | | |
REGULATION | Toys: certificate number to be given with the entry | -160 | -142 | 9503 | | | | -150
TARIFF_ACTION | Exclusions of section 301 for pumps and valves run out | -95 | -92 | 8413 8481 | CN | | 25.0 |
TARIFF_ACTION | Section 232: goods with little metal left out | -66 | -60 | 7326 8302 | | | -5.0 |
RULING | Mixed food seasonings: heading 2106, ruling revoked | -130 | -70 | 2106 | | | |
SYSTEM | Correction of entries: reason codes added | -58 | -44 | | | | |
BROKER | Late entry summaries: how a filer sees its own list | -47 | -33 | | | | |
REGULATION | USMCA: records of origin to be kept with the entry | -200 | -170 | | MX CA | | |
SYSTEM | Yearly test of the disaster system, two hours on a Sunday | -29 | -15 | | | | |
"""
#: What became of some of them, by the beginning of their titles.
LATE = {"Toys: certificate number": "A statute set the day."}
SUPERSEDED = {"Refunds of emergency duties: report": "Refunds of emergency duties: second group"}
RETRACTED = ("Port Huron: new scanning lane",)
#: By which kind of message each subject comes.
KINDS = {
    "TARIFF_ACTION": "FR",
    "RULING": "RULING",
    "FEE": "FR",
    "SYSTEM": "CSMS",
    "REGULATION": "FR",
    "FORCED_LABOR": "TRADE",
    "ADCVD": "ADCVD",
    "PORT": "TRADE",
    "PROGRAM": "TRADE",
    "BROKER": "CSMS",
}
TO_DO = {
    "TARIFF_ACTION": "Confirm that you have read this, and check whether your bond still suffices.",
    "RULING": "Tell us which of your product numbers this touches, and ask your broker to change them.",
    "REGULATION": "Name the person who keeps these records, and confirm that your broker knows the rule.",
    "PROGRAM": "Send the yearly letter in the new form to your account manager.",
    "BROKER": "File the report, and confirm it here.",
}
BODIES = {
    "TARIFF_ACTION": "The rate changes for goods entered for consumption on or after the effective date, at "
    "12:01 a.m. Eastern time. Goods loaded before that day and entered within thirty days keep the old rate.",
    "RULING": "The treatment described here replaces earlier rulings on like goods from the effective date. "
    "Look at what you entered in the last twelve months and tell your broker which product numbers change.",
    "FEE": "The amounts follow the consumer price index. Earlier entries keep the old ones.",
    "SYSTEM": "Nothing changes in what you owe. Software that files or reads these records should be tried "
    "before the effective date in the test environment.",
    "REGULATION": "The rule is final. Keep the records that it names; send them within thirty days if asked.",
    "FORCED_LABOR": "Goods made in whole or in part by the factories named in the list are refused from the "
    "effective date. An importer may show that its goods have another origin.",
    "ADCVD": "Cash deposits at the new rate are due for goods entered on or after the effective date.",
    "PORT": "Plan for longer waits in the first week. Examinations already called are not moved.",
    "PROGRAM": "The change is for members of the program. Your account manager can go through it with you.",
    "BROKER": "This is for licensed brokers. Importers need do nothing.",
}


def _parse(text: str, as_of: date) -> list[Notice]:
    found = []
    for line in text.strip().splitlines():
        subject, title, published, effective, prefixes, countries, ports, rate, answer = (
            cell.strip() for cell in line.split("|")
        )
        found.append(
            Notice(
                kind=KINDS[subject],
                number="",
                title=title,
                body=f"{title}.\n\n{BODIES[subject]}\n\nThis notice is invented.",
                published=as_of + timedelta(days=int(published)),
                effective_date=as_of + timedelta(days=int(effective)),
                subject=subject,
                hts_prefixes=tuple(prefixes.split()),
                countries=tuple(countries.split()),
                ports=tuple(ports.split()),
                rate_change=rate or None,
                account_types=("broker",) if subject == "BROKER" else (),
                to_do=TO_DO[subject] if answer else "",
                answer_by=as_of + timedelta(days=int(answer)) if answer else None,
                late=next((why for begins, why in LATE.items() if title.startswith(begins)), ""),
                superseded_by=next((new for old, new in SUPERSEDED.items() if title.startswith(old)), ""),
                retracted=title.startswith(RETRACTED),
                scheduled=int(published) > 0,
            )
        )
    return found


def notices(as_of: date) -> tuple[Notice, ...]:
    """All notices, oldest first; numbers rise with the day of publication. The newest two that would be out by now are
    drafts; what is dated ahead is scheduled."""
    every = sorted(_parse(PAST, as_of) + _parse(COMING, as_of), key=lambda n: (n.published, n.title))
    numbered = [replace(notice, number=f"DEMO-{2_600 + at}") for at, notice in enumerate(every)]
    drafts = {notice.number for notice in [one for one in numbered if not one.scheduled][-2:]}
    return tuple(replace(notice, draft=notice.number in drafts) for notice in numbered)
