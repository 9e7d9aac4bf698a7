from typing import Any

from examinations.checks.check import Check

KEY = "chapter-99"


def _because(facts: dict[str, Any]) -> str:
    return f"{facts['notice']} asks for a row of {facts['chapter_99']} beside this number from {facts['origin']}."


def missing_additional_duty() -> Check:
    """A chapter 99 number that a published notice requires and the line lacks."""
    return Check(
        key=KEY,
        title="A chapter 99 number is missing",
        asks="For each additional duty on file: lines of its HTS numbers and origins, entered on its days, without a "
        "row of its chapter 99 number. An exclusion or exemption that is claimed without a row of its own looks the "
        "same.",
        money="the line’s value at the rate of the additional duty.",
        rule="The notice that is named with the find",
        because=_because,
        sql="""SELECT DISTINCT ON (h.id) h.id AS row_id, round(h.value * d.points / 100, 2) AS money,
                 jsonb_build_object('notice', d.notice, 'chapter_99', d.chapter_99, 'origin', h.origin) AS facts
               FROM held h
               JOIN examinations_additionalduty d ON h.entry_date >= d.first_entry_date
                 AND (d.last_entry_date IS NULL OR h.entry_date <= d.last_entry_date)
                 AND (d.origins = '{}' OR h.country = ANY (d.origins)) AND NOT h.spi = ANY (d.exempt_claims)
                 AND EXISTS (SELECT 1 FROM unnest(d.hts_prefixes) p WHERE starts_with(h.hts, p))
                 AND NOT EXISTS (SELECT 1 FROM unnest(d.excluded_prefixes) p WHERE starts_with(h.hts, p))
               WHERE h.entry_type <> ALL ('{11,12}') AND NOT EXISTS (
                 SELECT 1 FROM examinations_entryline r
                 WHERE r.entry_id = h.entry_id AND r.line = h.line AND starts_with(r.hts, d.chapter_99))
               ORDER BY h.id, d.points DESC""",
    )
