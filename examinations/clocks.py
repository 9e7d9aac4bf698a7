"""Days that goods wait, and the days that CBP has. Pure: dates in, dates out."""

import datetime

from dateutil.relativedelta import relativedelta

from examinations.calendar import add_working_days

RELEASE_OR_DETAIN_DAYS = 5
RELEASE_OR_DETAIN_RULE = "19 CFR 151.16(b)"
ADMISSIBILITY_DAYS = 30
ADMISSIBILITY_RULE = "19 CFR 151.16(e)"
OTHER_AGENCY_RULE = "19 CFR 151.16(a)"
NOTICE_DAYS = 5
NOTICE_RULE = "19 CFR 151.16(c)"
PROOF_MONTHS = 3
PROOF_RULE = "19 CFR 12.43"
CONDITIONAL_DAYS = 30
TEXTILE_DAYS = 180
#: Chapters of the tariff: textiles and what is made of them.
TEXTILE_CHAPTERS = (50, 63)
CONDITIONAL_RULE = "19 CFR 141.113"
ENTRY_SUMMARY_DAYS = 10
ENTRY_SUMMARY_RULE = "19 CFR 142.12(b)"
#: CBP's usual cycle, not a rule of law: an entry not extended or suspended liquidates by itself after a year at the latest.
LIQUIDATION_DAYS = 314
CORRECTION_DAYS = 300
CORRECTION_DAYS_BEFORE_LIQUIDATION = 15
PROTEST_DAYS = 180
PROTEST_RULE = "19 CFR 174.12(e)"
RECONCILIATION_MONTHS = 21
#: Not confirmed by a source at hand (domain 3.2, [R]): a default of this project, like the year of a late claim.
TRADE_AGREEMENT_MONTHS = 12
#: From and until when brokers file their triennial status report (domain 3.2, strtrade.com).
STATUS_REPORT = (datetime.date(2026, 12, 15), datetime.date(2027, 2, 28))
STATUS_REPORT_YEARS = 3
#: datetime counts Monday as 0 and domain 3.2 has weeks begin on Sunday.
FRIDAY_AFTER_SUNDAY, DAYS_OF_A_WEEK = 5, 7


def release_or_detain_by(presented: datetime.date | None) -> datetime.date | None:
    """The last of the five business days in which CBP releases or detains, counted from presentation.

    19 CFR 151.16(b). None where the day of presentation is unknown: then the clock is not shown.
    """
    return None if presented is None else add_working_days(presented, RELEASE_OR_DETAIN_DAYS)


def admissible_by(presented: datetime.date | None) -> datetime.date | None:
    """The day by which CBP decides on goods it detained: 30 calendar days from presentation, else they count as
    excluded, which may be protested.

    19 CFR 151.16(e). None where the day of presentation is unknown.
    """
    return None if presented is None else presented + datetime.timedelta(days=ADMISSIBILITY_DAYS)


def notice_of_detention_by(decided: datetime.date) -> datetime.date:
    """The last day for the notice of detention: five business days after the decision to detain, or after the day on
    which the time for one ran out (19 CFR 151.16(c)).
    """
    return add_working_days(decided, NOTICE_DAYS)


def proof_by(imported: datetime.date | None) -> datetime.date | None:
    """The last day to prove that goods under a withhold release order may come in: three months from importation
    (19 CFR 12.43; domain 3.2, "More clocks"). None where the day of importation is not known.
    """
    return None if imported is None else imported + relativedelta(months=PROOF_MONTHS)


def conditional_until(released: datetime.date) -> datetime.date:
    """The last day on which CBP may demand goods back in general: 30 calendar days from their conditional release
    (19 CFR 141.113; domain 3.2).
    """
    return released + datetime.timedelta(days=CONDITIONAL_DAYS)


def textiles_until(released: datetime.date) -> datetime.date:
    """The last day on which CBP may demand textiles back over their origin: 180 calendar days from their conditional
    release (19 CFR 141.113; domain 3.2).
    """
    return released + datetime.timedelta(days=TEXTILE_DAYS)


def entry_summary_by(entry: datetime.date) -> datetime.date:
    """The last day for entry summary and duty: ten working days after the entry (19 CFR 142.12(b))."""
    return add_working_days(entry, ENTRY_SUMMARY_DAYS)


def expected_liquidation(entry: datetime.date) -> datetime.date:
    """The Friday of the week, from Sunday to Saturday, in which day 314 after the entry falls.

    CBP's usual cycle (domain 3.2); that weeks begin on Sunday is this project's own choice. For an entry that is
    neither liquidated nor suspended nor extended: examinations/entry_dates.py asks that first.
    """
    day = entry + datetime.timedelta(days=LIQUIDATION_DAYS)
    after_sunday = (day.weekday() + 1) % DAYS_OF_A_WEEK
    return day + datetime.timedelta(days=FRIDAY_AFTER_SUNDAY - after_sunday)


def correction_by(entry: datetime.date, liquidation: datetime.date | None) -> datetime.date:
    """The last day for a post-summary correction: 300 calendar days from entry or 15 before the scheduled
    liquidation, whichever is earlier (domain 3.2, trade guides). Without a date of liquidation the 300 days alone.
    """
    last = entry + datetime.timedelta(days=CORRECTION_DAYS)
    if liquidation is None:
        return last
    return min(last, liquidation - datetime.timedelta(days=CORRECTION_DAYS_BEFORE_LIQUIDATION))


def protest_by(liquidated: datetime.date) -> datetime.date:
    """The last day to protest: 180 calendar days from liquidation (19 CFR 174.12(e))."""
    return liquidated + datetime.timedelta(days=PROTEST_DAYS)


def preference_claim_by(imported: datetime.date) -> datetime.date:
    """The last day to claim a preference after import: one year (19 USC 1520(d)); of February 29 it is the 28th.

    The year is common knowledge of the field that no source at hand confirms: shown as a project default.
    """
    return imported + relativedelta(years=1)


def reconciliation_by(oldest_summary: datetime.date, *, trade_agreement: bool = False) -> datetime.date:
    """The last day to reconcile a group of entries: 21 months from its oldest entry summary (domain 3.2).

    trade_agreement: twelve months instead, a project default. The date that CBP's file names goes before both.
    """
    months = TRADE_AGREEMENT_MONTHS if trade_agreement else RECONCILIATION_MONTHS
    return oldest_summary + relativedelta(months=months)


def status_reports(start: datetime.date, end: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
    """From and until when brokers file their triennial status report, of each period that meets these days, both included.

    The one that a source names (domain 3.2), and the same days every third year after it, to the end of February.
    """
    begins, last = STATUS_REPORT
    found = []
    for years in range(0, max(0, end.year - begins.year) + 1, STATUS_REPORT_YEARS):
        period = begins + relativedelta(years=years), last + relativedelta(years=years, day=31)
        if period[0] <= end and start <= period[1]:
            found.append(period)
    return found


def days_held(selected: datetime.date, ended: datetime.date | None, as_of: datetime.date) -> int:
    """Calendar days from selection to the end, or to `as_of` while the goods wait; never negative.

    ended: the release or, of goods that never were, the day on which the result was known (domain 3.4).
    """
    return max(0, ((ended or as_of) - selected).days)


#: Calendar days to answer a request of CBP, from its issue, not from its receipt; None where there is nothing to answer.
#: As the forms say it, by trade guides that quote them (domain, "More clocks").
ANSWER_DAYS: dict[str, int | None] = {"CF28": 30, "CF29P": 20, "CF29T": None, "CF4647": 30}
ANSWER_RULES = {
    "CF28": "Answer within 30 days of issue; CBP may extend that when asked.",
    "CF29P": "Object within 20 days of issue, or CBP does what it proposes.",
    "CF29T": "No reply is due: a correction is possible before liquidation, a protest after it.",
    "CF4647": "Mark the goods, or return them to CBP’s custody, within 30 days of issue.",
}


def answer_by(form: str, issued: datetime.date, extended_to: datetime.date | None = None) -> datetime.date | None:
    """The last day to answer a request: 30 calendar days from issue for CF-28 and CF-4647, 20 for a proposed CF-29.

    form: CF28, CF29P, CF29T or CF4647. extended_to: the day to which CBP extended it; an earlier one than the form's
    own takes nothing away. None for an action taken (CF29T), which has no reply period. Raises KeyError for another form.
    """
    days = ANSWER_DAYS[form]
    if days is None:
        return None
    own = issued + datetime.timedelta(days=days)
    return own if extended_to is None else max(own, extended_to)
