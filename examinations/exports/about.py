"""What the second sheet of each workbook says its columns mean."""

from look.downloads import Facts

EXAMINATIONS: Facts = (
    (
        "Days Held",
        "Calendar days from selection to release, or to the day of this file while held; none for a review of papers.",
    ),
    (
        "Revenue Difference Amount",
        "Duty, taxes and fees found owed less those declared, in dollars; negative: overpaid.",
    ),
    ("Why It Was Picked", "To members: at random or other, told only when closed."),
    ("Result", "CBP's result as its file says it."),
)

ENTRY_LINES: Facts = (
    ("Row", "One row for each tariff row of a line of an entry summary, as ES-003 reports it."),
    (
        "Line Tariff Goods Value Amount",
        "Dollars. A chapter 99 row carries duty and no value; rows of a set's parts repeat value (Counts In Value: no).",
    ),
    (
        "Line Tariff Duty Amount",
        "As deposited, in dollars; in a row that names an AD/CVD case, its AD/CVD amount is in it.",
    ),
    (
        "Line MPF Amount, Line HMF Amount",
        "As reported, or estimated where the file has none (Fees Estimated: yes). Empty: unknown.",
    ),
    ("From You", "Rows that the account loaded itself; they count in no rate, score or comparison."),
)

DUTY: Facts = (
    ("Month", "Of entry date; the first and the last month of the period enter whole."),
    ("Program", "Told by the number of the tariff row: the page of duty by program has the table."),
    ("Amounts", "As deposited, in dollars; fees as reported, or estimated where the file has none."),
    (
        "Saved by Claims, Estimated",
        "Value of claimed rows at the account's own rate for the same HTS number without a claim, less the duty paid.",
    ),
    ("Taken Off Later, Added Later", "The first version of each entry on file against the one that stands."),
    (
        "Liquidated Lower By",
        "Duty deposited less total liquidated duty, where that is smaller; not what was paid back.",
    ),
)
