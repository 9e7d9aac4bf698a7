"""What each figure means, in words that stand once: on the pages, in their own list, and in a workbook's sheet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """name: in addresses and code. text: what it is. counts, leaves_out: what enters and what does not."""

    name: str
    title: str
    text: str
    counts: str
    leaves_out: str
    source: str


_ALL = (
    Definition(
        "examined",
        "Examination rate",
        "Of all entries, the share that had at least one cargo examination.",
        "Entries by month of entry date, of the types that an examination can meet: consumption, informal, quota, AD/CVD, "
        "free trade zone, warehouse and its withdrawals, temporary import and government entries. An entry examined twice "
        "counts once.",
        "Reviews of papers, which hold no goods; reconciliations (09) and re-warehouse entries (22); examinations whose "
        "entry is not loaded yet; what an account uploaded itself.",
        "The portal's definition, of CBP's entry summary lines (ES-003) and examinations.",
    ),
    Definition(
        "random",
        "Error rate",
        "Of the lines reviewed at random, the share with any discrepancy. Only this tells how often errors happen.",
        "Closed reviews of entry summary lines that were picked by lot.",
        "Open reviews; reviews of a whole entry, which do not say how many of its lines were wrong; examinations of cargo; "
        "whatever was picked for a reason or for an unknown one.",
        "Compliance measurement samples lines at random, mostly as a review of papers after release.",
    ),
    Definition(
        "random_cargo",
        "Error rate of random cargo examinations",
        "Of the cargo examinations made at random, the share with any discrepancy: a series of its own, per examination.",
        "Closed cargo examinations that were picked by lot.",
        "Reviews of lines; open examinations; whatever was picked for a reason or for an unknown one.",
        "Kept apart from lines, because an examination looks at a whole shipment.",
    ),
    Definition(
        "other",
        "Hit rate",
        "Of what was picked for another reason than by lot, the share with any discrepancy. It tells how well CBP aims, "
        "not how often errors happen.",
        "Closed examinations and reviews that were targeted, made for another agency, or followed up on an earlier one.",
        "Open ones; random ones; those whose reason is unknown.",
        "Never mixed with random ones: that would overstate the error rate by far.",
    ),
    Definition(
        "days",
        "Days held",
        "Calendar days from selection to release. Half of the examinations took no longer than the median, nine of ten no "
        "longer than the ninth decile.",
        "Cargo examinations selected in these months and released.",
        "Reviews of papers. Examinations still open are listed, not averaged in: their days are not known yet. So are those "
        "that ended without a day of release, as seized and refused goods do: CBP's file names no day of the decision. In "
        "lists their days end on the day on which the result was known.",
        "The portal's definition. CBP has five business days from presentation to release or detain (19 CFR 151.16(b)).",
    ),
    Definition(
        "long_stays",
        "Over five business days",
        "The share of released cargo examinations that took more than five federal business days from selection to release.",
        "Working days of federal offices: no weekends, no federal holidays. The day of selection does not count.",
        "Examinations still open, and those that ended without a day of release; reviews of papers.",
        "The portal's definition; a count from selection, stricter than the legal clock, which runs from presentation.",
    ),
    Definition(
        "cost",
        "Cost",
        "What cargo examinations cost: examination fee, drayage, storage and demurrage.",
        "Costs on file for cargo examinations selected in these months. What you recorded yourself takes the place of the "
        "first value from a file.",
        "Examinations without a recorded cost: the sum is at least this much.",
        "What the importer recorded; CBP does not report it.",
    ),
    Definition(
        "owed",
        "More owed, and overpaid",
        "Revenue differences that closed examinations and reviews found: duty still owed and duty overpaid, never netted.",
        "Closed examinations and reviews, whatever they were picked for, by month of selection.",
        "Open ones, and discrepancies without an amount.",
        "As reported with each discrepancy.",
    ),
    Definition(
        "interval",
        "Interval",
        "The range that holds the true rate 19 times of 20. A wide one means that few were counted.",
        "Wilson's 95 % interval of a share.",
        "Below 20 counted no rate is shown, only the count: too few to tell.",
        "Brown, Cai and DasGupta (2001) on intervals for a binomial proportion.",
    ),
    Definition(
        "change",
        "A change taken apart",
        "What more or fewer entries would have brought at the rate of before is one part; the rest is the change of the "
        "rate itself.",
        "Entries and examined entries of the two periods, each of as many months.",
        "Nothing is called a change of the rate that chance alone brings in one of twenty comparisons or more often.",
        "Exact test of two counts given their sum; in a table of many values each is tested at a twentieth divided by how "
        "many are tested, and below 20 entries in either period nothing is.",
    ),
    Definition(
        "peers",
        "Peers",
        "The median of a fixed group of accounts, and between which percentiles the account lies in it.",
        "Importers of one Center and of like size, or brokers of like size, at least ten, none with more than a quarter of "
        "what is counted; at a port, importers with goods examined there. The group is fixed for a year, from the entries of "
        "the year before. Each account counts once, with its value of the last twelve whole months, if it has 20 entries, "
        "5 releases or 10 random reviews.",
        "Nobody's own figures: the middle third is averaged and rounded, percentiles are told in steps of ten or twenty.",
        "The portal's definition. Accounts that leave stay in the group until the year ends, so that no change shows them.",
    ),
    Definition(
        "limits",
        "Limits of a chart",
        "The most that chance explains: a stable rate exceeds its limit in fewer than 14 of 10,000 months.",
        "The exact upper limit of a binomial of the two years' whole rate; nine in a row above that rate are marked too. By "
        "month where five examined entries are expected in one, else by quarter, else not at all.",
        "The month that is still running. A mark here is no alarm: those come from trends alone.",
        "Exact limits in place of three sigma, which cry wolf where counts are small.",
    ),
    Definition(
        "values",
        "By port, heading, supplier",
        "An entry, or an examination of a whole entry, counts once under each value that it has: one of two origins stands "
        "under both. The lines of a table therefore do not add up to the whole.",
        "Entries under the port where they were filed, examinations under the port where the goods were examined; an "
        "examination of one line under that line's heading, origin and supplier alone.",
        "Examinations whose entry is not loaded have a port and a type, but no heading, origin or supplier.",
        "The portal's definition. A row of chapter 99 belongs to the line on which it stands.",
    ),
    Definition(
        "trade",
        "Entries, lines, value and duty",
        "What was entered, as the newest version of each entry has it; duty as deposited, with the additional duties of a "
        "line under that line's heading, origin and supplier.",
        "Entries and lines of the types that an examination can meet; value and duty of all types. Whole months of entry "
        "date. An entry of two headings counts under both, its lines, value and duty under the one where they belong.",
        "What an account uploaded itself. Fees and tax. The value of the parts of a set, which the set's own row has.",
        "CBP's entry summary lines (ES-003). Sums are kept by one of port, type, chapter, heading, origin and supplier at a "
        "time.",
    ),
    Definition(
        "months",
        "Months",
        "Sums by month: the first and the last month of a period enter whole.",
        "Entries by month of entry date, examinations by month of selection.",
        "Nothing within those months.",
        "Counted again behind each load.",
    ),
)
DEFINITIONS = {one.name: one for one in _ALL}


def in_full() -> list[tuple[str, str]]:
    """All of them as the second sheet of a workbook has them: title and words."""
    return [
        (one.title, f"{one.text} Counts: {one.counts} Leaves out: {one.leaves_out} Source: {one.source}")
        for one in _ALL
    ]
