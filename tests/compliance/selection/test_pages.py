"""The pages of a round, and the candidates in the administration, as headquarters uses them."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from compliance.selection.models import Candidate, Round
from tests.compliance.selection.rounds import CAPACITIES, REASON, accept_all, approver, candidate, draft, opened, score
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

ADMIN = "/admin/selection/candidate/"
#: Beside what session, person, scope and the site itself take of every page of the administration.
FIXED = "/admin/selection/"


@pytest.fixture
def scored(world: World) -> World:
    score(world.quillard, "70")
    score(world.stranger, "30")
    score(world.lindale, "50")
    candidate(1, "62")
    candidate(2, "55.9")
    candidate(4, "12", isa=True)
    return world


@pytest.fixture
def hq(scored: World) -> Client:
    return signed_in(scored, "hq")


def second(scored: World) -> Client:
    client = Client()
    client.force_login(approver(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def test_a_round_is_prepared_opened_decided_approved_and_computed_again(scored: World, hq: Client) -> None:
    page = hq.get("/selection/new/")
    form = page.context["form"]
    asked = {name: field.initial for name, field in form.fields.items()} | form.initial
    asked |= {"as_of": f"{asked['as_of']:%m/%d/%Y}", "enter_from": "56", "stay_from": "48", "lottery_width": "0"}
    assert asked["capacity_010"] == 2  # what it carries, and no manager has this Center
    asked["capacity_010"] = "10"
    response = hq.post("/selection/new/", asked)
    chosen = Round.objects.get()
    assert response["Location"] == f"/selection/{chosen.pk}/"
    assert "A draft" in text(hq.get(f"/selection/{chosen.pk}/"))
    hq.post(f"/selection/{chosen.pk}/open/")
    said = text(hq.get(f"/selection/{chosen.pk}/"))
    assert "6 candidates, 2 places</b> to fill" in said
    assert "Of 3 proposals, 3 wait for a decision" in said
    assert "ISA participant: always has a manager, whatever its rank." in said
    assert "0.1 short of the 56 to enter." in said
    assert "Approve and close" not in said
    picks = list(chosen.candidates.filter(mark="enters").values_list("pk", flat=True))
    answer = hq.post(
        f"/selection/{chosen.pk}/decide/", {"pick": picks, "decision": "accepted", "reason": REASON}, follow=True
    )
    assert "2 proposals are accepted." in text(answer)
    answer = hq.post(
        f"/selection/{chosen.pk}/decide/", {"all": "1", "decision": "deferred", "reason": "Its plan runs"}, follow=True
    )
    assert "1 proposal is deferred." in text(answer)
    assert "another person of headquarters approves it" in text(hq.post(f"/selection/{chosen.pk}/close/", follow=True))
    other = second(scored)
    page = other.get(f"/selection/{chosen.pk}/close/")
    assert "Its plan runs" in text(page)
    answer = other.post(f"/selection/{chosen.pk}/close/", {"seen": page.context["seen"]}, follow=True)
    assert "2 accounts entered, 0 left, and each is told." in text(answer)
    assert "6 lines, the same byte for byte" in text(other.get(f"/selection/{chosen.pk}/record/?again=1"))
    assert Account.objects.get(name="Importer 001").state == "active"


def test_what_if_shows_who_would_and_changes_nothing(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq)
    before = list(Candidate.objects.order_by("pk").values())
    said = text(hq.get(f"/selection/{chosen.pk}/?enter=50&stay=20&room=100"))
    assert "1 more would enter</b>: Importer 002" in said
    assert "1 would no longer leave</b>: Stranger Goods" in said
    assert "3 accounts would enter, 0 would leave" in said
    assert "1 would no longer enter</b>: Importer 001" in text(
        hq.get(f"/selection/{chosen.pk}/?enter=63&stay=20&room=100")
    )
    assert list(Candidate.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "asked",
    [
        "enter=9&stay=80&room=100",
        "enter=x&stay=NaN&room=-5",
        "enter=1e99&stay=1&room=1",
        "view=nonsense&pool=nonsense&after=-1",
        f"after={'9' * 400}",
        "after=%F0%9D%9F%97&enter=Infinity",
        "view=undecided&pool=brokers",
    ],
)
def test_nonsense_in_the_address_is_answered_with_the_page(scored: World, hq: Client, asked: str) -> None:
    chosen = opened(scored.hq)
    assert hq.get(f"/selection/{chosen.pk}/?{asked}").status_code == 200


def test_a_decision_without_reason_or_of_nonsense_is_refused_on_the_page(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq)
    for given, said in (
        ({"all": "1", "decision": "accepted"}, "Give a reason"),
        ({"all": "1", "decision": "sold", "reason": "x"}, "Accept, decline or defer"),
        ({"pick": ["x", "9" * 40, "-1"], "decision": "accepted", "reason": "x"}, "nothing to decide"),
        ({"decision": "taken_in", "reason": "x"}, "Choose whom to take in"),
        ({"all": "1", "decision": "declined", "reason": "x"}, "always has a manager"),
    ):
        assert said in text(hq.post(f"/selection/{chosen.pk}/decide/", given, follow=True))
    assert not chosen.candidates.exclude(decision="").exists()


def test_bad_terms_are_refused_at_their_field(scored: World, hq: Client) -> None:
    given = {"as_of": "11/24/2026", "model_version": "9", "enter_from": "40", "stay_from": "50", "lottery_width": "0"}
    page = text(hq.post("/selection/new/", given))
    assert "The round cannot be as it is" in page
    assert not Round.objects.exists()


def test_a_candidate_can_be_told_about_on_the_telephone(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq)
    one = chosen.candidates.get(name="Importer 002")
    said = text(hq.get(f"/selection/{chosen.pk}/candidates/{one.pk}/"))
    assert "Rank 3</b> of 6, with a score of <b>55.9</b>: not yet." in said.replace(
        "a score of <b>55.9</b>", "a score of <b>55.9</b>"
    )
    assert "Duty at stake" in said
    assert f"{one.duty12:,.0f}" in said
    answer = hq.post(
        f"/selection/{chosen.pk}/decide/",
        {"pick": one.pk, "decision": "taken_in", "reason": "Asked for help"},
        follow=True,
    )
    assert "Importer 002 is taken in." in text(answer)


def test_the_list_of_rounds_shows_them_in_every_state(scored: World, hq: Client) -> None:
    assert "No round</b> has been opened yet" in text(hq.get("/selection/"))
    draft(scored.hq)
    draft(scored.hq).give_up("Wrong day", by=scored.hq)
    first = opened(scored.hq)
    accept_all(first, scored.hq)
    first.close(by=approver())
    said = text(hq.get("/selection/"))
    assert "No round</b> is open" in said
    assert "Wrong day" in said
    assert "approved by Avery Second" in said
    opened(scored.hq)
    assert "is open:" in text(hq.get("/selection/"))


def test_who_left_is_a_candidate_again_and_can_be_taken_in(scored: World, hq: Client) -> None:
    first = opened(scored.hq)
    accept_all(first, scored.hq)
    first.close(by=approver())
    scored.stranger.assessments.all().delete()  # who left is scored no more
    again = opened(scored.hq)
    one = again.candidates.get(account=scored.stranger)
    assert (one.state_before, one.mark, one.because) == ("withdrawn", "not_yet", "unscored")
    again.take_in(one, "Its trade grew again", by=scored.hq)
    again.close(by=approver())
    assert Account.objects.get(pk=scored.stranger.pk).state == "active"


@pytest.mark.parametrize("name", ["robin", "sam", "billie", "jordan", "expert"])
def test_for_everybody_else_there_is_no_such_page(scored: World, name: str) -> None:
    chosen = opened(scored.hq)
    one = chosen.candidates.first()
    client = signed_in(scored, name)
    for address in ("", "change/", "close/", "give-up/", "record/?again=1", f"candidates/{one.pk}/"):
        assert client.get(f"/selection/{chosen.pk}/{address}").status_code == 404
    for address in ("open/", "decide/", "close/"):
        assert (
            client.post(
                f"/selection/{chosen.pk}/{address}", {"all": "1", "decision": "accepted", "reason": "x"}
            ).status_code
            == 404
        )
    assert client.get(ADMIN).status_code == 404
    assert not chosen.candidates.exclude(decision="").exists()


def test_a_candidate_of_another_round_is_not_found_in_this_one(scored: World, hq: Client) -> None:
    first = opened(scored.hq)
    first.give_up("Again", by=scored.hq)
    chosen = opened(scored.hq)
    one = first.candidates.first()
    assert hq.get(f"/selection/{chosen.pk}/candidates/{one.pk}/").status_code == 404


# ---- in the administration -------------------------------------------------------------------------------------------


def act(hq: Client, action: str, picked: list[int], reason: str, **more: str) -> str:
    given = {"action": action, "_selected_action": [str(pk) for pk in picked], "reason": reason, **more}
    return text(hq.post(ADMIN, given, follow=True))


def test_many_are_decided_in_the_administration_at_once(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq)
    everybody = list(chosen.candidates.values_list("pk", flat=True))
    assert "Give a reason" in act(hq, "accept", everybody, "")
    assert "3 candidates are accepted" in act(hq, "accept", everybody, REASON)
    leaving = list(chosen.candidates.filter(mark="leaves").values_list("pk", flat=True))
    assert "1 candidate is deferred" in act(hq, "defer", leaving, "Its plan runs")
    assert "nothing to decide" in act(
        hq, "decline", list(chosen.candidates.filter(mark="stays").values_list("pk", flat=True)), "x"
    )


@pytest.mark.parametrize(("action", "said"), [("accept", "accepted"), ("decline", "declined"), ("defer", "deferred")])
def test_five_hundred_on_ten_pages_are_decided_with_one_choice_and_a_reason_by_as_few_statements_as_ten(
    scored: World, hq: Client, action: str, said: str
) -> None:
    chosen = opened(scored.hq)
    listed = f"{ADMIN}?mark__exact=enters&q=many"
    asked = {}
    for many in (10, 500):
        many_candidates(chosen, many, mark="enters", because="above_enter")
        given = {"action": action, "select_across": "1", "index": "0"}
        page = chosen.candidates.filter(name__startswith="Many", decision="").values_list("pk", flat=True)[:50]
        given["_selected_action"] = [str(pk) for pk in page]
        assert "Give a reason" in text(hq.post(listed, given | {"reason": " "}, follow=True))
        assert not chosen.candidates.exclude(decision="").exists()
        with CaptureQueriesContext(connection) as statements:
            assert hq.post(listed, given | {"reason": REASON}).status_code == 302
        asked[many] = [query["sql"] for query in statements]
        decided = chosen.candidates.filter(decision=said, reason=REASON, decided_by=scored.hq, name__startswith="Many")
        assert decided.count() == many
        assert chosen.candidates.get(name="Importer 001").decision == ""  # it enters too, but was not among them
        assert f"{many} candidates are {said}." in text(hq.get(listed))
        chosen.candidates.filter(decision=said).update(decision="", reason="", mark="not_yet", name="Before")
    assert len(asked[10]) == len(asked[500]) <= 40
    assert sum('UPDATE "selection_candidate"' in sql for sql in asked[500]) == 1


def test_the_administration_shows_the_newest_round_and_another_where_asked(scored: World, hq: Client) -> None:
    first = opened(scored.hq)
    first.give_up("Again", by=scored.hq)
    Account.objects.filter(name="Importer 002").update(name="Renamed since")
    second_round = opened(scored.hq)
    assert "Renamed since" in text(hq.get(ADMIN))
    assert "Importer 002" in text(hq.get(f"{ADMIN}?round={first.pk}"))
    assert "Renamed since" in text(hq.get(f"{ADMIN}?round={second_round.pk}&q=renamed"))
    assert hq.get(f"{ADMIN}?round=nonsense").status_code == 200


def many_candidates(chosen: Round, many: int, mark: str = "not_yet", because: str = "below_enter") -> None:
    """Rows as they would be frozen, without the accounts' trade."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH made AS (INSERT INTO accounts_account (id, name, kind, state, created_at)
                 SELECT gen_random_uuid(), 'Many ' || n, 'importer', 'prospective', now() FROM generate_series(1, %s) n
                 RETURNING id, name)
               INSERT INTO selection_candidate (round_id, account_id, name, kind, center_presumed, pool, state_before,
                 managed, isa, programs, score, band, value12, duty12, parts, inputs, weight, rank, mark, because, decision,
                 reason, outcome)
               SELECT %s, id, name, 'importer', false, 'none', 'prospective', false, false, '[]', 10, 'low', 5, 1, '{}', '{}',
                 1, 100 + row_number() OVER (ORDER BY name), %s, %s, '', '', '' FROM made""",
            [many, chosen.pk, mark, because],
        )


def own(client: Client, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked]


def test_the_list_of_candidates_counts_no_whole_table_and_asks_as_often_for_many(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq)
    few = own(hq, ADMIN)
    many_candidates(chosen, 3_000)
    asked = own(hq, ADMIN)
    assert len(asked) == len(few)
    assert len(asked) - len(own(hq, FIXED)) <= 12
    for sql in asked:
        if "COUNT(" in sql.upper() and "selection_candidate" in sql:
            assert "LIMIT 10001" in sql
        if "selection_candidate" in sql:
            assert '"round_id" = ' in sql, sql


def test_the_page_of_the_round_asks_as_often_for_many(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq, enter_from=Decimal(56), capacities=CAPACITIES)
    address = f"/selection/{chosen.pk}/?enter=50&stay=20&room=100"
    few = own(hq, address)
    many_candidates(chosen, 3_000)
    asked = own(hq, address)
    assert len(asked) == len(few)
    assert len(asked) - len(own(hq, "/words/")) <= 12
    assert len(own(hq, f"/selection/{chosen.pk}/?after=150")) <= len(few)


def test_the_other_pages_keep_their_number_of_statements(scored: World, hq: Client) -> None:
    chosen = opened(scored.hq)
    accept_all(chosen, scored.hq)
    one = chosen.candidates.first()
    fixed = len(own(hq, "/words/"))
    for address in ("close/", "give-up/", "record/?again=1", f"candidates/{one.pk}/"):
        assert len(own(hq, f"/selection/{chosen.pk}/{address}")) - fixed <= 12, address
    made = draft(scored.hq)
    for address in ("", "change/"):
        assert len(own(hq, f"/selection/{made.pk}/{address}")) - fixed <= 12, address
