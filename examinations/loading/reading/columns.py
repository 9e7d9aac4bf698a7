"""What each column of a file holds. The headers are exactly those of the interface (ES-003 for entries)."""

from dataclasses import dataclass
from functools import partial

from examinations.loading.reading import cells
from examinations.loading.reading.cells import Reader, by_distinct


@dataclass(frozen=True)
class Column:
    """A column of a file: its header, our field, how its cells are read, whether each row must have it."""

    header: str
    field: str
    read: Reader
    required: bool = False


MONEY = partial(cells.money, signed=False)
SIGNED = partial(cells.money, signed=True)
ENTRY_DATE = by_distinct(partial(cells.date, days_ahead=30))
PAST = by_distinct(partial(cells.date, days_ahead=0))


def text(longest: int) -> Reader:
    return by_distinct(partial(cells.text, longest=longest))


def code(*known: str) -> Reader:
    return by_distinct(partial(cells.code, known=known))


ENTRY_TYPES = [
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
    "08",
    "09",
    "11",
    "12",
    "21",
    "22",
    "23",
    "24",
    "25",
    "26",
    "31",
    "32",
    "34",
    "38",
    "51",
    "52",
    "61",
    "62",
    "63",
    "86",
]

ENTRIES = (
    Column("Entry Summary Number", "entry_number", cells.entry_number, required=True),
    Column("Entry Summary Line Number", "line", by_distinct(cells.line_number), required=True),
    Column("Tariff Ordinal Number", "ordinal", by_distinct(cells.line_number)),
    Column(
        "Entry Type Code",
        "entry_type",
        by_distinct(partial(cells.padded_code, known=ENTRY_TYPES, width=2)),
        required=True,
    ),
    Column("Importer Number", "importer", by_distinct(cells.importer_number), required=True),
    Column("Importer Name", "importer_name", text(200)),
    Column("Filer Name", "filer_name", text(200)),
    Column("Port of Entry Code", "port", by_distinct(cells.port), required=True),
    Column("Entry Date", "entry_date", ENTRY_DATE, required=True),
    Column("Entry Summary Date", "summary_date", by_distinct(partial(cells.date, days_ahead=60))),
    Column("Country of Origin Code", "origin", by_distinct(cells.country), required=True),
    Column("Country of Export Code", "export_country", by_distinct(cells.country)),
    Column("Manufacturer ID", "manufacturer_id", text(15)),
    Column("Line SPI Code", "spi", text(4)),
    Column("HTS Number - Full", "hts", by_distinct(cells.hts), required=True),
    Column("Line Tariff Goods Value Amount", "value", MONEY, required=True),
    Column("Line Tariff Duty Amount", "duty", MONEY, required=True),
    Column("Line MPF Amount", "mpf", MONEY),
    Column("Line HMF Amount", "hmf", MONEY),
    Column("Line Tax Amount", "tax", MONEY),
    Column("Line Fee Amount", "fees", MONEY),
    Column("Mode of Transportation Code", "mode", by_distinct(partial(cells.padded_digits, width=2))),
    Column("Line Tariff Quantity (1)", "quantity", cells.quantity),
    Column("Line Tariff UOM (1) Code", "uom", text(3)),
    Column("Review Team Number", "review_team", text(10)),
    Column("AD/CVD Case Number", "adcvd_case", text(12)),
    Column("Bond Number", "bond_number", text(20)),
    Column("Reconciliation Due Date", "reconciliation_due", cells.date),
    Column("Extension/Suspension Status", "extension_status", text(40)),
    Column("Post Summary Correction Indicator", "corrected", cells.indicator),
    Column("Liquidation Date", "liquidation_date", cells.date),
    Column("Liquidation Status", "liquidation_status", text(40)),
    Column("Total Liquidated Duty Amount", "liquidated_duty", MONEY),
)

EXAMINATION_TYPES = ["DOC", "NII", "TAIL", "CET", "ATCET", "MET", "TCET", "INT", "AQI", "PGA", "ESR"]
DISPOSITIONS = [
    "NO_DISCREPANCY",
    "DISCREPANCY_LOL",
    "DISCREPANCY_MTD",
    "DETAINED",
    "SEIZED",
    "REFUSED",
    "REDELIVERY",
    "PENDING",
]
DISCREPANCIES = [
    "VALUE",
    "CLASS",
    "ORIGIN",
    "MARKING",
    "QTY",
    "IPR",
    "ADCVD",
    "PGA",
    "TEXTILE",
    "QUOTA",
    "SPI_CLAIM",
    "DESC",
    "MISSING_DOC",
    "FORCED_LABOR",
    "MANIFEST",
]

EXAMINATIONS = (
    Column("Examination Number", "number", text(20)),
    Column("Importer Number", "importer", by_distinct(cells.importer_number)),
    Column("Entry Summary Number", "entry_number", cells.entry_number),
    Column("Entry Summary Line Number", "line", by_distinct(cells.line_number)),
    Column("Bill of Lading Number", "bill", text(50)),
    Column("Container Number", "container", cells.container),
    Column("Mode of Transportation Code", "mode", by_distinct(partial(cells.padded_digits, width=2))),
    Column("Hold Type Code", "hold", code("MANIFEST", "CET", "COMMERCIAL", "STATISTICAL", "AGRICULTURE", "PGA")),
    Column("Examination Type Code", "type", code(*EXAMINATION_TYPES), required=True),
    Column("Agency Code", "agency", text(12)),
    Column("Selection Reason Code", "reason", code("RANDOM", "TARGETED", "AGENCY", "FOLLOWUP", "UNKNOWN")),
    Column("Selection Probability", "probability", cells.probability),
    Column("Port Code", "port", by_distinct(cells.port), required=True),
    Column("Selected Date", "selected", PAST, required=True),
    Column("Notified Date", "notified", PAST),
    Column("Presented Date", "presented", PAST),
    Column("Examined Date", "examined", PAST),
    Column("Released Date", "released", PAST),
    Column("Disposition Code", "disposition", code(*DISPOSITIONS)),
    Column("Discrepancy Type Code", "discrepancy", code(*DISCREPANCIES)),
    Column("Declared Amount", "declared", MONEY),
    Column("Found Amount", "found", MONEY),
    Column("Revenue Difference Amount", "revenue_difference", SIGNED),
    Column("Examination Cost Amount", "cost", MONEY),
)

REQUEST_FORMS = ["CF28", "CF29P", "CF29T", "CF4647"]
REQUEST_OUTCOMES = ["NO_CHANGE", "CHANGE", "WITHDRAWN", "OPEN"]

REQUESTS = (
    Column("Request Number", "number", text(20), required=True),
    Column("Form", "form", code(*REQUEST_FORMS), required=True),
    Column("Entry Summary Number", "entry_number", cells.entry_number, required=True),
    Column("Entry Summary Line Number", "line", by_distinct(cells.line_number)),
    Column("Subject Code", "subject", code(*DISCREPANCIES)),
    Column("Issued Date", "issued", PAST, required=True),
    Column("Answered Date", "answered", PAST),
    Column("Outcome Code", "outcome", code(*REQUEST_OUTCOMES)),
    Column("Review Team Number", "review_team", text(10)),
)

ACCOUNTS = (
    Column("Account Name", "name", text(200), required=True),
    Column("Account Type", "kind", code("IMPORTER", "BROKER"), required=True),
    Column("Identifier", "identifier", cells.account_identifier, required=True),
    Column("Center Code", "center", partial(cells.padded_digits, width=3)),
    Column("Program Codes", "programs", partial(cells.programs, longest=200)),
    Column("Contact Email", "email", cells.email),
)

ACTIVITY_CODES = [
    "1",
    "1A",
    "2",
    "3",
    "3A",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "14",
    "15",
    "16",
    "17",
    "18",
    "19",
]

BONDS = (
    Column("Bond Number", "number", text(20), required=True),
    Column("Importer Number", "importer", by_distinct(cells.importer_number), required=True),
    Column("Party Role", "role", code("PRINCIPAL", "CO_PRINCIPAL", "USER")),
    Column("Bond Type Code", "bond_type", code("8", "9", "0")),
    Column("Activity Code", "activity_code", code(*ACTIVITY_CODES), required=True),
    Column("Bond Amount", "amount", MONEY, required=True),
    Column("Surety Code", "surety_code", partial(cells.padded_digits, width=3)),
    Column("Execution Date", "executed", cells.date),
    Column("Effective Date", "effective", cells.date, required=True),
    Column("Termination Date", "terminates", cells.date),
    Column("Rider Codes", "riders", cells.riders),
)
