from typing import Any

from examinations.checks.check import Check

KEY = "chapter-99"


def missing_of(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers that a line lacks, dearest first: of each the notice, the number, its points and the id of the notice
    in the portal, if it is there."""
    missing: list[dict[str, Any]] = facts.get("missing") or [
        facts
    ]  # found before several were told, until the next night
    return missing


def _because(facts: dict[str, Any]) -> str:
    first, *others = missing_of(facts)
    asked = f"{first['notice']} asks for a row of {first['chapter_99']}"
    asked += "".join(f", {one['notice']} for one of {one['chapter_99']}" for one in others)
    return f"{asked} beside this number from {facts['origin']}."


def missing_additional_duty() -> Check:
    """Chapter 99 numbers that published notices require and the line lacks: all of them, one line once."""
    return Check(
        key=KEY,
        title="A chapter 99 number is missing",
        asks="For each additional duty on file: lines of its HTS numbers and origins, entered on its days, without a "
        "row of its chapter 99 number, informal entries among them. A line that lacks several is shown once, with all "
        "of them. An exclusion or exemption that is claimed without a row of its own looks the same, and so do goods "
        "that were on their way before the first day; whether one duty takes the place of another the notices say.",
        money="the line’s value at the rates of the additional duties that it lacks, added up.",
        rule="The notice that is named with the find",
        because=_because,
        # By hand and from a notice of the portal, one number is asked for once: of the dearest, of the portal's first.
        sql="""WITH missing AS (
                 SELECT DISTINCT ON (h.id, d.chapter_99) h.id, d.chapter_99, d.points, d.notice, d.about_id
                 FROM held h
                 JOIN examinations_additionalduty d ON h.entry_date >= d.first_entry_date
                   AND (d.last_entry_date IS NULL OR h.entry_date <= d.last_entry_date)
                   AND (d.origins = '{}' OR h.country = ANY (d.origins) OR h.origin = ANY (d.origins))
                   AND NOT h.spi = ANY (d.exempt_claims)
                   AND (d.hts_prefixes = '{}' OR EXISTS (
                     SELECT 1 FROM unnest(d.hts_prefixes) p WHERE starts_with(h.hts, p)))
                   AND NOT EXISTS (SELECT 1 FROM unnest(d.excluded_prefixes) p WHERE starts_with(h.hts, p))
                 WHERE NOT EXISTS (
                   SELECT 1 FROM examinations_entryline r
                   WHERE r.entry_id = h.entry_id AND r.line = h.line AND starts_with(r.hts, d.chapter_99))
                 ORDER BY h.id, d.chapter_99, d.points DESC, d.about_id DESC, d.id)
               -- One duty may be asked for by its whole number and by the beginning of it: the dearer counts.
               , apart AS (
                 SELECT * FROM missing m WHERE NOT EXISTS (
                   SELECT 1 FROM missing o WHERE o.id = m.id AND o.chapter_99 <> m.chapter_99
                     AND (starts_with(o.chapter_99, m.chapter_99) OR starts_with(m.chapter_99, o.chapter_99))
                     AND (o.points, o.chapter_99) > (m.points, m.chapter_99)))
               SELECT h.id AS row_id, round(h.value * sum(m.points) / 100, 2) AS money,
                 jsonb_build_object('origin', h.origin, 'missing', jsonb_agg(
                   jsonb_build_object('notice', m.notice, 'chapter_99', m.chapter_99, 'points', m.points,
                     'about', m.about_id) ORDER BY m.points DESC, m.chapter_99)) AS facts
               FROM apart m JOIN held h ON h.id = m.id GROUP BY h.id, h.value, h.origin""",
    )
