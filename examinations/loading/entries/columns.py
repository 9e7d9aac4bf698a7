"""What an entry and its rows are made of: the columns of their tables, and the SQL over staged rows that fills them."""

from examinations.loading.entries.fees import HMF, HMF_ESTIMATED

#: Columns of an entry that a file brings, in the staged table's words, and how rows of one entry become one value.
HEADER = {
    "entry_type": "s.entry_type",
    "port": "s.port",
    "entry_date": "s.entry_date",
    "summary_date": "max(s.summary_date)",
    "mode": "max(s.mode)",
    "importer_name": "max(s.importer_name)",
    "filer_name": "max(s.filer_name)",
    "review_team": "max(s.review_team)",
    "bond_number": "max(s.bond_number)",
    "liquidation_date": "max(s.liquidation_date)",
    "liquidation_status": "max(s.liquidation_status)",
    "liquidated_duty": "max(s.liquidated_duty)",
    "reconciliation_due": "max(s.reconciliation_due)",
    "extension_status": "max(s.extension_status)",
    "corrected": "bool_or(s.corrected)",
}
#: Columns of a row that a file brings.
ROW = {
    "stands_for_line": "n.row IS NULL",
    "counts_value": "s.spi <> 'V'",
    "entry_date": "s.entry_date",
    "port": "s.port",
    "mode": "s.mode",
    "origin": "s.origin",
    "export_country": "s.export_country",
    "manufacturer_id": "s.manufacturer_id",
    "spi": "s.spi",
    "hts": "s.hts",
    "value": "s.value",
    "duty": "s.duty",
    "mpf": "coalesce(s.mpf, f.mpf, 0)",
    "hmf": HMF,
    "tax": "coalesce(s.tax, 0)",
    "other_fees": "coalesce(s.fees, 0)",
    "fees_estimated": f"f.row IS NOT NULL OR {HMF_ESTIMATED}",
    "quantity": "s.quantity",
    "uom": "s.uom",
    "adcvd_case": "s.adcvd_case",
}
TOTALS = {
    "lines": "count(*) FILTER (WHERE {r}stands_for_line)",
    "value": "coalesce(sum({r}value) FILTER (WHERE {r}counts_value), 0)",
    "duty": "sum({r}duty)",
    "mpf": "sum({r}mpf)",
    "hmf": "CASE WHEN bool_and({r}hmf IS NOT NULL) THEN sum({r}hmf) END",
    "tax": "sum({r}tax)",
    "other_fees": "sum({r}other_fees)",
    "fees_estimated": "bool_or({r}fees_estimated)",
}
#: Columns of a row that its entry's totals are made of.
SUMMED = ("stands_for_line", "counts_value", "value", "duty", "mpf", "hmf", "tax", "other_fees", "fees_estimated")
#: Whose an entry is.
ENTRY_OWN = ("identifier_id", "account_id", "filer_id")
#: What a load remembers to its end of every entry that is new or changed.
NOTED = "id, number, account_id, filer_id, identifier_id, entry_date"
LINE_COLUMNS = ("entry_id", "line", "ordinal", "account_id", "filer_id", "source", "load_id", *ROW)
ENTRY_COLUMNS = (
    *("id", "number", "identifier_id", "account_id", "filer_id", "source", "version_at", "load_id"),
    *HEADER,
    *TOTALS,
)


#: What a staged row `s` is joined with: whether it stands for its line, and its estimated processing fee.
BESIDE = "LEFT JOIN not_standing n ON n.row = s.row LEFT JOIN estimated f ON f.row = s.row"
#: What a row takes from its entry `e`.
OF_ENTRY = {
    "entry_id": "e.id",
    "account_id": "e.account_id",
    "filer_id": "e.filer_id",
    "source": "%(source)s",
    "load_id": "%(load)s::uuid",
    "line": "s.line",
    "ordinal": "s.ordinal",
}
ARRIVED = {name: f"e.{name}" if name in ("entry_date", "port") else f"s.{name}" for name in ROW}
#: The rows of `entries_in` as they will be stored, by the table from which the entries come.
READY = {
    entries: "SELECT " + ", ".join(f"{(OF_ENTRY | sql)[name]} AS {name}" for name in LINE_COLUMNS) + rows
    for entries, sql, rows in (
        ("grouped", ROW, f" FROM staged s JOIN entries_in e ON e.number = s.entry_number {BESIDE}"),
        ("arrived_entries", ARRIVED, " FROM arrived_rows s JOIN entries_in e ON e.place = s.place"),
    )
}


def totals(alias: str) -> str:
    """SQL: the sums of an entry over its rows, whose columns stand behind this alias with a dot."""
    return ", ".join(f"{sql.format(r=alias)} AS {name}" for name, sql in TOTALS.items())
