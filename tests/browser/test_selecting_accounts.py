"""A selection round from its terms to its record, through two screens of headquarters: opened, worked through, approved by a
second person, computed again in the browser and on the command line."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.visits import PEOPLE, Door, Portal, Visit
from tests.servers.machine import eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]

#: At least so many enter and leave who sign in nowhere here; the administration's list has so many on a page.
ENTERING, LEAVING, ON_A_PAGE = 4, 2, 100
#: Accounts that other visits of this folder are about stay where they are.
VISITED = f"""SELECT m.account_id FROM accounts_membership m JOIN accounts_person p ON p.id = m.person_id
WHERE m.ended_at IS NULL AND p.email IN ({", ".join(f"'{name}@demo.example'" for name in PEOPLE)})"""
SCORES = f"""SELECT a.id, r.score FROM risk_assessment r JOIN accounts_account a ON a.id = r.account_id
WHERE r.stands AND a.state = 'active' AND a.id NOT IN ({VISITED})
  AND NOT EXISTS (SELECT FROM accounts_enrollment e WHERE e.account_id = a.id AND e.program = 'ISA')
ORDER BY r.score DESC"""
#: So that there are some to take in: in a small demonstration two or three were never in the program.
PUT_OUTSIDE = """WITH unmanaged AS (DELETE FROM accounts_assignment WHERE account_id = ANY (%s::uuid[]))
UPDATE accounts_account SET state = 'prospective' WHERE id = ANY (%s::uuid[]) RETURNING id"""
PROPOSED = f"""SELECT id, account_id, account_id IN ({VISITED}) FROM selection_candidate
WHERE round_id = %s AND mark = %s AND NOT isa ORDER BY rank"""
VIEWS = {"enter": "enters", "leave": "leaves"}
AUDIT, NOT_YET = "An audit of it runs until the summer", "Its manager is not named yet"


#: By mail, or by the portal alone: as a person chose, or where mail came back before. Digests are due later.
ARRIVED = ("sent", "delivered", "suppressed")


@dataclass
class Terms:
    """Scores by which a few enter and a few leave."""

    enter: Decimal
    stay: Decimal


@pytest.fixture
def terms(portal: Portal) -> Terms:
    scored = portal.rows("owner", SCORES)
    outside = [str(account) for account, _ in scored[:ENTERING]]
    assert len(portal.rows("owner", PUT_OUTSIDE, outside, outside)) == ENTERING < len(scored) - LEAVING
    enter = scored[ENTERING - 1][1]
    return Terms(enter, min(enter, scored[-LEAVING][1] + Decimal("0.01")))


def given_up(visit: Visit, number: int) -> None:
    """The round that the demonstration left open: one is open at a time."""
    visit.open(f"/selection/{number}/give-up/")
    visit.page.fill("[name=reason]", "The next one begins today")
    press(visit, "Give the round up")
    expect(visit.page.locator("main")).to_contain_text("No round is open")


def press(visit: Visit, words: str) -> None:
    with visit.page.expect_navigation():
        visit.page.click(f"main button:text-is('{words}')")


def opened(visit: Visit, terms: Terms, today: date) -> None:
    """Terms and capacities written into the form, then frozen."""
    visit.open("/selection/new/")
    visit.page.fill("[name=as_of]", today.strftime("%m/%d/%Y"))
    visit.page.fill("[name=enter_from]", f"{terms.enter}")
    visit.page.fill("[name=stay_from]", f"{terms.stay}")
    for capacity in visit.page.locator("[name^=capacity_]").all():
        capacity.fill("400.5")
    press(visit, "Keep this draft")
    press(visit, "Open the round: freeze and rank")
    expect(visit.page.locator("main")).to_contain_text("candidates are frozen and ranked")


def decided(visit: Visit, number: int, view: str, pks: list[int], words: str, reason: str) -> None:
    """Some of those who would enter or leave, chosen on the list."""
    visit.open(f"/selection/{number}/?view={view}")
    for pk in pks:
        visit.page.check(f"[name=pick][value='{pk}']")
    visit.page.fill("[name=reason]", reason)
    press(visit, words)


def accepted_at_once(visit: Visit, number: int, candidates: int, many: int) -> None:
    """Every proposal, on however many pages of the administration, with one choice and one reason."""
    visit.open(f"/admin/selection/candidate/?round={number}")
    visit.page.check("#action-toggle")
    if candidates > ON_A_PAGE:
        visit.page.click(".actions .question a")
    visit.page.select_option(".actions [name=action]", "accept")
    visit.page.fill(".actions [name=reason]", "As ranked")
    with visit.page.expect_navigation():
        visit.page.click(".actions button[type=submit]")
    expect(visit.page.locator(".messagelist")).to_contain_text(f"{many} candidates are accepted.")


def test_a_round_is_opened_worked_through_approved_by_another_and_computed_again(
    portal: Portal, door: Door, terms: Terms
) -> None:
    today = timezone.localdate()
    hq = door.enter("hq")
    for (number,) in portal.rows("owner", "SELECT id FROM selection_round WHERE state = 'open'"):
        given_up(hq, number)
    opened(hq, terms, today)
    number = int(hq.page.url.rstrip("/").rpartition("/")[2])
    round_ = portal.rows(
        "owner", "SELECT as_of, enter_from, capacities ->> 'brokers' FROM selection_round WHERE id = %s", number
    )
    assert round_ == [(today, terms.enter, "400.5")]
    proposed = {view: portal.rows("owner", PROPOSED, number, mark) for view, mark in VIEWS.items()}
    entering, gone = ([(pk, account) for pk, account, visited in proposed[view] if not visited] for view in VIEWS)
    assert len(entering) >= ENTERING
    assert gone
    many = portal.one("SELECT count(*) FROM selection_candidate WHERE round_id = %s", number)
    to_decide = portal.one(
        "SELECT count(*) FROM selection_candidate WHERE round_id = %s AND mark IN ('enters', 'leaves')", number
    )

    accepted_at_once(hq, number, many, to_decide)
    decided(hq, number, "enter", [entering[1][0]], "Decline", AUDIT)
    expect(hq.page.locator("main")).to_contain_text("1 proposal is declined.")
    decided(hq, number, "enter", [entering[2][0]], "Defer", NOT_YET)
    expect(hq.page.locator("main")).to_contain_text("1 proposal is deferred.")
    for view, rows in proposed.items():
        if visited := [pk for pk, _, visited in rows if visited]:
            decided(hq, number, view, visited, "Decline", "To stay as it is for another year")
    assert hq.axe() == []

    # Who opened it does not close it, on whatever way.
    hq.open(f"/selection/{number}/")
    expect(hq.page.locator("main")).to_contain_text("a colleague of headquarters approves it on this page")
    expect(hq.page.locator("main a:text-is('Approve and close')")).to_have_count(0)
    hq.open(f"/selection/{number}/close/")
    press(hq, "Approve and close the round")
    expect(hq.page.locator("main")).to_contain_text(
        "You opened this round, so another person of headquarters approves it"
    )
    assert portal.one("SELECT state FROM selection_round WHERE id = %s", number) == "open"
    assert hq.complaints == []

    second = door.enter("approver")
    second.open(f"/selection/{number}/")
    with second.page.expect_navigation():
        second.page.click("main a:text-is('Approve and close')")
    main = second.page.locator("main")
    expect(main).to_contain_text(f"Declined: {AUDIT}")
    expect(main).to_contain_text(f"Deferred: {NOT_YET}")
    press(second, "Approve and close the round")
    expect(main).to_contain_text(f"accounts entered, {len(gone)} left, and each is told.")
    changed_and_told(portal, number, [account for _, account in entering], [account for _, account in gone])

    with second.page.expect_navigation():
        second.page.click("main a:text-is('Compute it again')")
    expect(main).to_contain_text(f"{many:,} lines the same byte for byte, and every checksum fits")
    expect(main).to_contain_text("scores come out of the frozen inputs by model")
    assert second.axe() == []
    assert second.complaints == []
    done = portal.machine.python("manage.py", "replay_selection", str(number))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{many:,} lines the same byte for byte" in done.stdout
    assert done.stdout.endswith(f"lines={many} differing=0\n")


def changed_and_told(portal: Portal, number: int, entering: list[UUID], gone: list[UUID]) -> None:
    """What the round decided is so, of each account; and its people heard of it by mail, once."""
    states = dict(portal.rows("owner", "SELECT id, state FROM accounts_account"))
    first, declined, deferred, *rest = (states[account] for account in entering)
    assert {first, *rest} == {"active"}
    assert "active" not in (declined, deferred)
    assert {states[account] for account in gone} == {"withdrawn"}
    managed = (
        "SELECT count(*) FROM accounts_assignment WHERE account_id = ANY (%s::uuid[]) AND (ends IS NULL OR ends > %s)"
    )
    assert portal.one(managed, gone, timezone.localdate()) == 0
    told = """SELECT split_part(m.key, ':', 3), d.person_id, d.state, d.channel, d.due_at <= now()
              FROM notifications_delivery d JOIN notifications_message m ON m.id = d.message_id WHERE m.key LIKE %s"""

    def waiting() -> list[tuple[object, ...]]:
        rows = portal.rows("owner", told, f"selection:{number}:%")
        return [row for row in rows if row[2] not in ARRIVED and row[4]]

    assert eventually(lambda: not waiting(), 60), waiting()
    rows = portal.rows("owner", told, f"selection:{number}:%")
    people = """SELECT c.account_id::text, m.person_id FROM selection_candidate c JOIN accounts_membership m USING (account_id)
                WHERE c.round_id = %s AND c.outcome <> '' AND m.ended_at IS NULL"""
    assert sorted(row[:2] for row in rows) == sorted(portal.rows("owner", people, number))
    assert {entering[0], *entering[3:], *gone} <= {UUID(row[0]) for row in rows}
    assert "sent" in {row[2] for row in rows}
