"""What one may not see is not there: asked of the real web process under its real login."""

import re

import pytest
from playwright.sync_api import APIResponse, expect

from tests.browser.visits import PASSWORD, Door, Portal, Visit

pytestmark = [pytest.mark.browser, pytest.mark.processes]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
OF_DATA = ("accounts_account", "examinations_entry", "examinations_entryline", "examinations_examination",
           "examinations_entrymonth", "bonds_bond", "risk_assessment")  # fmt: skip
#: Of these, what an account uploaded itself is its own alone: headquarters has no more than CBP loaded.
WITH_OWN = ("examinations_entry", "examinations_entryline", "examinations_entrymonth")


def get(visit: Visit, path: str) -> APIResponse:
    return visit.page.context.request.get(path, max_redirects=0, timeout=90_000)


def plain(answer: APIResponse) -> tuple[int, str, dict[str, str]]:
    """An answer without what differs in every answer: token of the form, date, cookie."""
    headers = {name: text for name, text in answer.headers.items() if name not in ("date", "set-cookie")}
    return answer.status, TOKEN.sub("", answer.text()), headers


@pytest.fixture
def examination(portal: Portal) -> int:
    """An examination of the importer, which its own people see."""
    return int(
        portal.one(
            "SELECT min(id) FROM examinations_examination WHERE account_id = %s AND type <> 'ESR'",
            portal.account_of("importer"),
        )
    )


def test_the_importers_examination_is_to_a_stranger_as_one_that_does_not_exist(
    portal: Portal, door: Door, examination: int
) -> None:
    account = portal.account_of("importer")
    assert get(door.enter("importer"), f"/examinations/{examination}/").status == 200
    stranger = door.enter("stranger")
    nothing = plain(get(stranger, "/examinations/987654321/"))
    assert nothing[0] == 404
    hidden = [
        f"/examinations/{examination}/",
        f"/accounts/{account}/",
        f"/accounts/{account}/examinations/",
        f"/accounts/{account}/examinations/{examination}/",
        "/accounts/00000000-0000-4000-8000-000000000000/",
        "/loads/",
        "/admin/",
        "/admin/accounts/account/",
        "/admin/nothing/",
        "/no-such-page/",
    ]
    for path in hidden:
        assert plain(get(stranger, path)) == nothing, path


def test_not_signed_in_nothing_tells_what_exists(portal: Portal, door: Door, examination: int) -> None:
    account = portal.account_of("importer")
    nobody = door.stranger()
    answers = {}
    for path in ("/", f"/examinations/{examination}/", "/examinations/987654321/", f"/accounts/{account}/", "/admin/",
                 "/admin/nothing/", "/loads/", "/mailbox/", "/no-such-page/"):  # fmt: skip
        status, body, headers = plain(get(nobody, path))
        assert headers.pop("location") == "/sign-in/?next=" + path.replace("/", "%2F"), path
        answers[path] = (status, body, headers)
    assert answers["/"][0] == 302
    assert all(one == answers["/"] for one in answers.values())


def test_web_and_worker_work_under_their_own_logins_and_never_as_the_owner(portal: Portal, door: Door) -> None:
    door.enter("importer").open("/examinations/")
    logins = portal.rows(
        "owner", "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'portal' AND pid <> pg_backend_pid()"
    )
    assert ("portal_web_login",) in logins
    assert ("portal_owner",) not in logins


@pytest.mark.parametrize("table", OF_DATA)
def test_the_web_login_sees_no_row_without_a_scope_and_only_its_own_within_one(portal: Portal, table: str) -> None:
    count = f"SELECT count(*) FROM {table}"
    ((every,),) = portal.rows("owner", count)
    assert every > 0, "a test on an empty table proves nothing"
    assert portal.rows("web", count) == [(0,)]
    assert portal.rows("worker", count) == [(every,)]
    # Headquarters' scope opens all: the rows were hidden by policy, not by a missing grant.
    of_cbp = count + " WHERE source = 'cbp'" if table in WITH_OWN else count
    opened = portal.rows("owner", of_cbp)
    assert opened[0][0] > 0
    assert portal.rows("web", count, before="SELECT set_config('app.all', 'on', true)") == opened


def test_the_web_login_may_not_change_what_is_loaded_or_look_into_what_is_staged(portal: Portal) -> None:
    rights = portal.rows(
        "web",
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE table_name = 'examinations_entry' "
        "AND grantee = 'portal_web'",
    )
    assert rights == [("SELECT",)]


def test_the_door_is_locked_for_a_person_at_an_address_and_for_nobody_else(portal: Portal, door: Door) -> None:
    make = (
        "from accounts.models import Person; "
        f"[Person.objects.create_user(f'{{name}}@lock.example', '{PASSWORD}', name=name) for name in ('one', 'other')]"
    )
    done = portal.machine.python("manage.py", "shell", "-v", "0", "-c", make)
    assert done.returncode == 0, done.stderr
    visit = door.stranger()
    for _ in range(3):
        door.sign_in(visit, "one@lock.example", "a wrong password")
    expect(visit.page.locator("h1")).to_have_text("Too many attempts")
    door.sign_in(visit, "One@lock.example", PASSWORD)
    expect(visit.page.locator("h1")).to_have_text("Too many attempts")
    door.sign_in(visit, "other@lock.example", PASSWORD)
    expect(visit.page.locator("h1")).not_to_have_text("Too many attempts")
    assert "/sign-in/" not in visit.page.url
