"""The tables of figures: a figure leads to its rows, and agrees with plain SQL."""

import csv
import io
import re
from html import escape, unescape
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.models import Account, Membership, Person
from examinations import figures
from examinations.breakdowns.counting import recount
from examinations.figures import MONTH
from examinations.models import Dimension, Discrepancy, EntryLine, Examination, Selection
from tests.examinations.behind import Behind, listed
from tests.examinations.test_pages_figures import AS_OF, PERIOD, load_world

pytestmark = pytest.mark.django_db

ASKED = f"start={PERIOD.start}&end={AS_OF}"
BY = [*(one.value for one in Dimension if one not in (Dimension.ALL, Dimension.REASON, Dimension.UNPLACED)), MONTH]


def reader(account: Account, role: str = "member") -> Client:
    person = Person.objects.create_user(f"{role}@readers.example", None, name=role.title(), role=role)
    if role == "member":
        Membership.objects.create(account=account, person=person)
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def busiest() -> Account:
    accounts = Account.objects.filter(kind="importer", examinations__isnull=False).distinct()
    return max(accounts, key=lambda one: Examination.objects.filter(account=one).exclude(type="ESR").count())


def make_kept() -> Account:
    load_world()
    found = busiest()
    # An unknown reason and no supplier: neither may slip into a rate, nor break a link.
    one = Examination.objects.filter(account=found, closed__isnull=False, selected__gte=PERIOD.start)[0]
    Selection.objects.filter(pk=one.pk).update(reason="UNKNOWN")
    Examination.objects.filter(pk=one.pk).update(disclosed_reason="")
    # A review of a whole entry is no review of a line, and is not listed as one.
    drawn = Examination.objects.filter(account=found, type="ESR", selection__reason="RANDOM", closed__isnull=False)
    whole = drawn.filter(entry__isnull=False, selected__gte=PERIOD.start)[0]
    Examination.objects.filter(pk=whole.pk).update(line=None)
    # One that found something and was closed without a discrepancy: CBP's result says that it is none.
    right = Examination.objects.filter(account=found, closed__isnull=False, disposition="NO_DISCREPANCY")
    both = right.filter(figures.CARGO, entry__isnull=False, selected__gte=PERIOD.start)[0]
    Discrepancy.objects.create(examination=both, account=found, ordinal=1, type="CLASS", revenue_difference=10)
    held = Examination.objects.filter(
        figures.CARGO, account=found, line=None, entry__isnull=False, selected__gte=PERIOD.start
    )[0]
    EntryLine.objects.filter(entry=held.entry_id).update(manufacturer_id="")
    recount(None)
    return found


@pytest.fixture
def account(kept: Account) -> Account:
    return kept


def test_each_figure_of_the_page_leads_to_exactly_its_rows(account: Account) -> None:
    client = reader(account)
    page = client.get(f"/examinations/figures/?{ASKED}")
    whole, links = page.context["all"], page.context["links"]
    expected = {
        "cargo": whole.cargo,
        "released": whole.stay.count,
        "long_stays": whole.stay.long_stays,
        "random": whole.random.count if whole.random else 0,
        "random_cargo": whole.random_cargo.count if whole.random_cargo else 0,
        "other": whole.other.count if whole.other else 0,
        "cost": page.context["figures"].cost.count,
        "entries": whole.entries,
        "examined": whole.examined.found,
    }
    assert whole.cargo > 3
    assert {name: listed(client, links[name]) for name in expected} == expected
    for line in page.context["ports"][:3]:
        assert listed(client, page.context["entries_at"][line.code]) == line.entries
        assert listed(client, page.context["examined_at"][line.code]) == line.examined.found
    body = page.content.decode()
    assert all(f'href="{escape(links[name])}"' in body for name in expected if expected[name])


@pytest.mark.parametrize("role", ["member", "headquarters"])
def test_each_line_of_each_table_leads_to_exactly_its_rows(account: Account, role: str) -> None:
    client = reader(account, role)
    base = "" if role == "member" else f"/accounts/{account.pk}"
    checked, behind = 0, Behind(client, account)
    for by, finding in product(BY, ("", "&finding=CLASS")):
        page = client.get(f"{base}/examinations/figures/by/?by={by}&{ASKED}{finding}")
        assert page.context["by"] == by
        for row in page.context["rows"][:4]:
            line = row.line
            rates = {"random": line.random, "random_cargo": line.random_cargo, "other": line.other}
            counts = {"cargo": line.cargo, "released": line.stay.count, "found": line.found}
            counts |= {name: rate.count if rate else 0 for name, rate in rates.items()}
            counts |= {"entries": line.entries, "examined": line.examined.found if line.examined else 0}
            counts |= {"entries_before": row.before.entries, "examined_before": row.before.examined}
            for name, link in row.links.items():
                if name in counts:
                    assert behind(link) == counts[name], (by, line.code, name)
                    checked += counts[name] > 0
    assert checked > 30


def plain(sql: str, account: Account) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        given = {"account": account.pk, "start": PERIOD.start, "end": PERIOD.whole.end}
        cursor.execute(sql, given)
        return cursor.fetchall()


def test_which_port_holds_me_longest_is_answered_as_plain_sql_answers(account: Account) -> None:
    medians = dict(
        plain(
            """SELECT port, percentile_cont(0.5) WITHIN GROUP (ORDER BY released - selected)
               FROM examinations_examination WHERE account_id = %(account)s AND type <> 'ESR' AND released IS NOT NULL
                 AND selected BETWEEN %(start)s AND %(end)s GROUP BY port""",
            account,
        )
    )
    page = reader(account).get(f"/examinations/figures/by/?by=port&{ASKED}&sort=-days")
    released = [row.line for row in page.context["rows"] if row.line.stay.count]
    assert {line.code: line.stay.median for line in released} == medians
    assert released[0].stay.median == max(medians.values())


def test_which_supplier_is_behind_my_classification_discrepancies_as_plain_sql_answers(account: Account) -> None:
    expected = dict(
        plain(
            """SELECT manufacturer_id, count(DISTINCT x.id) FROM examinations_examination x
               JOIN examinations_discrepancy d ON d.examination_id = x.id AND d.type = 'CLASS'
               JOIN examinations_entryline l ON l.entry_id = x.entry_id AND l.stands_for_line
                 AND (x.line IS NULL OR x.line = l.line)
               WHERE x.account_id = %(account)s AND x.closed IS NOT NULL AND x.disposition <> 'NO_DISCREPANCY'
                 AND x.selected BETWEEN %(start)s AND %(end)s GROUP BY 1""",
            account,
        )
    )
    assert expected
    page = reader(account).get(f"/examinations/figures/by/?by=manufacturer&finding=CLASS&{ASKED}")
    rows = page.context["rows"]
    assert {row.line.code: row.line.found for row in rows if row.line.found} == expected
    assert rows[0].line.found == max(expected.values())
    assert rows[0].name in unescape(page.content.decode())


def test_of_a_discrepancy_only_those_are_listed_where_it_was_found_and_all_others_are_one_click_away(
    account: Account,
) -> None:
    client = reader(account)
    asked = f"/examinations/figures/by/?by=manufacturer&{ASKED}"
    member = Person.objects.get(email="member@readers.example")
    _, everything = figures.table_of(account, PERIOD, Dimension.MANUFACTURER, member)
    whole, lines = figures.table_of(account, PERIOD, Dimension.MANUFACTURER, member, "CLASS")
    found = [line for line in lines if line.found]
    assert lines == found
    assert 0 < len(found) < len(everything)
    page = client.get(f"{asked}&finding=CLASS")
    assert page.context["total"] == len(found)
    assert page.context["whole"].found == whole.found > 0
    by_code = {line.code: line for line in everything}
    for line in found:
        assert line._replace(found=0) == by_code[line.code], "the other figures are those of the whole table"
    link = re.search(r'with a classification discrepancy; <a href="([^"]+)">all suppliers</a>', page.content.decode())
    assert link
    assert client.get(f"/examinations/figures/by/{unescape(link[1])}").context["total"] == len(everything)
    taken = client.get(f"{asked}&finding=CLASS&download=csv").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(taken)))) == len(found) + 1
    nothing = client.get(f"{asked}&finding=QUOTA").content.decode()
    assert "Show all suppliers" in nothing or "all suppliers" in nothing


def test_a_month_without_a_discrepancy_stays_a_month(account: Account) -> None:
    page = reader(account).get(f"/examinations/figures/by/?by=month&{ASKED}&finding=CLASS")
    assert page.context["total"] == 12
    assert not page.context["only_found"]


@pytest.mark.parametrize("sort", ["value", "-value"])
def test_an_order_by_value_is_one_though_the_page_does_not_show_it(account: Account, sort: str) -> None:
    rows = reader(account).get(f"/examinations/figures/by/?by=origin&{ASKED}&sort={sort}").context["rows"]
    values = [row.line.value for row in rows]
    assert len(set(values)) > 1
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_why_was_i_examined_more_this_quarter_as_plain_sql_answers(account: Account) -> None:
    asked = "start=2026-07-01&end=2026-09-30"
    client = reader(account)
    page = client.get(f"/examinations/figures/change/?{asked}")
    rows = {}
    for name, (start, end) in (("now", ("2026-07-01", "2026-09-30")), ("before", ("2026-04-01", "2026-06-30"))):
        rows[name] = {
            port: (entries, examined)
            for port, entries, examined in plain_between(
                """SELECT port, count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM examinations_examination x
                     WHERE x.entry_id = e.id AND x.type <> 'ESR'))
                   FROM examinations_entry e WHERE account_id = %(account)s AND entry_date BETWEEN %(start)s AND %(end)s
                     AND entry_type NOT IN ('09', '22', '86') GROUP BY port""",
                account,
                start,
                end,
            )
        }
    whole = page.context["whole"]
    assert (whole.now.count, whole.now.found) == tuple(map(sum, zip(*rows["now"].values(), strict=True)))
    assert (whole.before.count, whole.before.found) == tuple(map(sum, zip(*rows["before"].values(), strict=True)))
    at_the_old_rate = whole.before.found / whole.before.count * whole.now.count
    assert whole.by_volume == pytest.approx(at_the_old_rate - whole.before.found)
    section = next(one for one in page.context["sections"] if one["by"] == "port")
    for line in section["lines"]:
        row = line["row"]
        assert (row.entries_now, row.now) == rows["now"].get(row.code, (0, 0))
        assert (row.entries_before, row.before) == rows["before"].get(row.code, (0, 0))
    assert section["lines"]
    assert "By reason" not in page.content.decode()
    led = 0
    for section in page.context["sections"]:
        for line in section["lines"]:
            row = line["row"]
            for when, entries, examined in (
                ("now", row.entries_now, row.now),
                ("before", row.entries_before, row.before),
            ):
                if line[when]["entries"]:
                    assert listed(client, line[when]["entries"]) == entries, line[when]
                if line[when]["examined"]:
                    assert listed(client, line[when]["examined"]) == examined, line[when]
                    led += examined > 0
    assert led > 10
    for (_, examined, entries), rate in zip(page.context["behind"], (whole.now, whole.before), strict=True):
        assert (listed(client, entries), listed(client, examined)) == (rate.count, rate.found)


def test_a_change_is_a_file_with_every_value_and_both_periods(account: Account) -> None:
    client = reader(account)
    asked = "start=2026-07-01&end=2026-09-30"
    page = client.get(f"/examinations/figures/change/?{asked}")
    content = client.get(f"/examinations/figures/change/?{asked}&download=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    whole = page.context["whole"]
    assert rows[0]["Name"] == "All together"
    assert (int(rows[0]["Entries Now"]), int(rows[0]["Examined Now"])) == (whole.now.count, whole.now.found)
    assert (int(rows[0]["Entries Before"]), int(rows[0]["Examined Before"])) == (whole.before.count, whole.before.found)
    ports = [row for row in rows if row["By"] == "Port"]
    assert sum(int(row["Entries Now"]) for row in ports) == whole.now.count
    assert any(row["Difference"] == "0" for row in ports), "also what did not change"
    assert not [row for row in rows if row["By"] == "Reason"], "why goods were picked is not a member's to know"
    staff = reader(account, "headquarters")
    file = staff.get(f"/accounts/{account.pk}/examinations/figures/change/?{asked}&download=xlsx").content
    told = dict(CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(1).to_python())
    assert told["Filter: From"] == "2026-07-01"
    assert told["Filter: Before"] == "Apr 2026 to Jun 2026"
    assert "Definition: A change taken apart" in told


def plain_between(sql: str, account: Account, start: str, end: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": account.pk, "start": start, "end": end})
        return cursor.fetchall()
