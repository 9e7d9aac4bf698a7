"""What the second sheet of each workbook says its columns mean."""

from look.downloads import Facts

EXAMINATIONS: Facts = (
    (
        "Days Held",
        "Calendar days from selection to release; where there is none, to the day on which the result was known, or to the day "
        "of this file while held. None for a review of papers.",
    ),
    (
        "Revenue Difference Amount",
        "Duty, taxes and fees found owed less those declared, in dollars; negative: overpaid.",
    ),
    ("Why It Was Picked", "To members: at random or other, told only when closed."),
    ("Result", "CBP's result as its file says it."),
)

ENTRIES: Facts = (
    ("Row", "One row for each entry summary, its newest version."),
    (
        "Value Amount, Duty Amount",
        "Sums over the entry's tariff rows in dollars, duty as deposited; parts of a set repeat value and are left out.",
    ),
    (
        "MPF, HMF, Tax, Other Fee",
        "As reported, or estimated where the file has none (Fees Estimated: yes). Empty: unknown.",
    ),
    ("Post Summary Correction", "Whether the report marks the entry as corrected after filing."),
    (
        "Liquidation Date",
        "As reported; where no file names one, the Friday of the week of day 314, said as expected in the column before.",
    ),
    ("Examinations", "Of the entry, as far as you may see them; members see a review of papers once it is closed."),
    ("Source", "CBP, or from you: what the account loaded itself, which counts in no rate, score or comparison."),
)

CLOSING: Facts = (
    (
        "Last Day",
        "Of a correction: 300 days after entry, or 15 before liquidation, whichever is earlier. Of a protest: 180 days after liquidation (19 CFR 174.12(e)).",
    ),
    (
        "More Owed, Overpaid",
        "Revenue differences that examinations found on the entry, in dollars.",
    ),
    (
        "Found By Checks",
        "Dollars of what the checks of lines found and nobody has looked at, beyond what examinations found.",
    ),
)

REQUESTS: Facts = (
    ("Row", "One row for each request or notice of CBP, its newest version. What is open is listed whatever its date."),
    (
        "Answer By",
        "Counted from the day of issue: CF-28 and CF-4647 30 days, a proposed CF-29 20 days, with what CBP extended.",
    ),
)

BROKERS: Facts = (
    ("Entries", "Of the period by entry date; nothing that the account loaded itself."),
    ("Summaries Filed Late", "Filed more than ten working days after the entry (19 CFR 142.12(b))."),
    ("Corrected after Filing", "Entries that the report marks as corrected."),
    ("Cargo Examinations", "Selected in the whole months of the period; reviews of papers are left out."),
    (
        "Random Lines Reviewed",
        "Closed reviews of single lines picked by lot: the only ones that estimate how often a broker errs.",
    ),
    (
        "Examined for Another Reason",
        "Closed examinations and reviews picked for a reason: they tell how well CBP aims.",
    ),
)

FOUND: Facts = (
    ("Row", "One row for each discrepancy of one examination, as its file reports it."),
    ("Declared Amount, Found Amount", "Entered value, in dollars."),
    (
        "Revenue Difference Amount",
        "Duty, taxes and fees found owed less those declared, in dollars; negative: overpaid.",
    ),
)
QUESTIONS: Facts = (
    ("Row", "One row for each question about a result that nobody has answered, those that have waited longest first."),
    ("Question", "As its account wrote it. An answer is help: it binds nobody and stops no deadline."),
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
