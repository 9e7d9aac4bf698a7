"""What headquarters reads of the effect, and that nobody else does."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client

from accounts.scope import acting_for
from compliance.effect.models import EffectStudy, Standing, StudyRun
from compliance.effect.tasks import resume_study_runs, study_all, study_now
from compliance.effect.words import looked
from tests.compliance.effect.near import CLOSED, TODAY, candidate, closed_round, enough, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
PAGES = ("/effect/", "/effect/program/")


@pytest.fixture
def hq(world: World) -> Client:
    return signed_in(world, "hq")


def text(response: Any) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()).replace("\u00a0", " ").replace("&nbsp;", " ")
    )


def test_before_any_round_the_pages_say_so(hq: Client) -> None:
    assert "Nothing to tell yet" in text(hq.get("/effect/"))
    assert "What is under management is counted each night" in text(hq.get("/effect/program/"))
    assert "Does it work? No round is studied yet." in text(hq.get("/"))


def test_a_round_that_is_closed_today_is_studied_tonight(hq: Client) -> None:
    closed_round()
    assert "tonight it is studied" in text(hq.get("/effect/"))


def test_few_finds_cannot_tell_and_the_page_says_until_when(hq: Client) -> None:
    chosen = closed_round()
    for rank, wrong in ((1, 10), (2, 20)):
        one = candidate(chosen, rank, enters=rank == 1)
        review(one.account, [CLOSED + datetime.timedelta(days=1)] * 30, wrong=wrong)
    EffectStudy.compute(chosen, TODAY)
    page = text(hq.get("/effect/"))
    assert "The data cannot tell whether the round of March 2, 2026 made a difference." in page
    assert (
        "Random reviews found 10 discrepancies where accounts entered and 20 where they did not; 100 are needed on either"
        " side. At the pace so far there are enough about Sep 2031." in page
    )
    assert "Odds ratio" in page
    assert "<figure" not in hq.get("/effect/").content.decode()
    assert "Does it work? The data cannot tell yet." in text(hq.get("/"))


def test_an_effect_is_told_with_its_interval_and_a_chart(hq: Client) -> None:
    chosen = closed_round()
    enough(chosen)
    EffectStudy.compute(chosen, TODAY)
    response = hq.get("/effect/")
    page = text(response)
    assert re.search(
        r"Without the program [12]\d\.\d % of lines at the accounts that entered would have been in error", page
    )
    assert "chance alone does not explain it" in page
    assert re.search(r"Does it work\? [78]\.\d fewer of 100 lines are in error\.", text(hq.get("/")))
    assert 'aria-label="Adjusted: −' in response.content.decode()
    assert "No lot decided in this round." in page


def test_no_difference_may_be_chance(hq: Client) -> None:
    chosen = closed_round()
    enough(chosen, entered_wrong=10, others_wrong=10)
    EffectStudy.compute(chosen, TODAY)
    assert "which may be chance" in text(hq.get("/effect/"))


def test_a_difference_before_the_round_takes_the_figure_back(hq: Client) -> None:
    chosen = closed_round()
    for n, one in enumerate(enough(chosen)):
        review(one.account, [datetime.date(2023, 5, 1)] * 100, wrong=8 if n < 13 else 18)
    EffectStudy.compute(chosen, TODAY)
    page = text(hq.get("/effect/"))
    assert "The comparison is not fair: a year before the round shows a difference too" in page
    assert "should not be used" in page
    assert "chance alone" not in page
    assert "Does it work? The comparison is not fair." in text(hq.get("/"))


@pytest.mark.parametrize("asked", ["987654321", "x", "", "' OR 1=1", "-1"])
def test_a_round_that_is_none_shows_the_newest(hq: Client, asked: str) -> None:
    older, newer = closed_round(), closed_round(closed=TODAY, as_of=TODAY)
    for one in (older, newer):
        EffectStudy.compute(one, TODAY)
    assert "round of September 30, 2026" in text(hq.get("/effect/", {"round": asked}))
    assert "round of March 2, 2026" in text(hq.get("/effect/", {"round": str(older.pk)}))


def test_headquarters_has_it_computed_now_and_once_at_a_time(world: World, hq: Client) -> None:
    assert "Compute now" not in text(hq.get("/effect/"))
    assert "there is nothing to study yet" in text(hq.post("/effect/compute/", follow=True))
    closed_round()
    assert "Compute now" in text(hq.get("/effect/"))
    assert "A worker computes the studies. Come back in a minute." in text(hq.post("/effect/compute/", follow=True))
    page = text(hq.post("/effect/compute/", follow=True))
    assert "The studies are being computed already" in page
    assert f"asked by {world.hq}" in page
    assert "Compute now" not in page
    run = StudyRun.objects.get()
    assert study_now(str(run.pk)) is True
    assert study_now(str(run.pk)) is False  # handed out twice
    page = text(hq.get("/effect/"))
    assert "Compute now" in page
    assert "computed 1 time so far" in page
    assert StudyRun.objects.get().finished_at


def test_a_computation_whose_process_died_is_taken_up_and_given_up_after_the_third_time(
    world: World, hq: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(study_now, "delay", handed.append)
    closed_round()
    dead = StudyRun.ask(by=world.hq)
    died = {"state": "running", "started_at": dead.created_at - datetime.timedelta(hours=1)}
    StudyRun.objects.filter(pk=dead.pk).update(attempts=1, **died)
    assert resume_study_runs() == 1
    assert handed == [str(dead.pk)]
    StudyRun.objects.filter(pk=dead.pk).update(attempts=3, **died)
    assert "Compute now" not in text(hq.get("/effect/"))
    assert resume_study_runs() == 1
    page = text(hq.get("/effect/"))
    assert "ended three times before it was done" in page
    assert "Compute now" in page
    assert study_now(str(StudyRun.ask(by=world.hq).pk)) is True
    assert "ended three times" not in text(hq.get("/effect/"))


def test_studies_that_end_with_a_fault_keep_nothing_of_it_and_say_so(
    world: World, hq: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_round()
    run = StudyRun.ask(by=world.hq)
    with monkeypatch.context() as patch:
        patch.setattr(EffectStudy, "compute", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run.do()
    assert not Standing.objects.exists()
    assert "ended with a fault of the portal" in text(hq.get("/effect/"))


def test_the_page_says_what_looking_every_night_does_to_an_interval() -> None:
    assert "10 looks find a difference at least once in 19 programs of a hundred" in looked(13)
    assert "in 37 programs" in looked(400)
    assert "programs of a hundred" not in looked(1)


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert"])
def test_nobody_but_headquarters_sees_a_study(world: World, name: str) -> None:
    chosen = closed_round()
    candidate(chosen, 1, enters=True)
    study_all()
    StudyRun.objects.create(by=world.hq)
    assert signed_in(world, name).post("/effect/compute/").status_code == 404
    for page in PAGES:
        answer, nothing = signed_in(world, name).get(page), signed_in(world, name).get("/nothing/")
        assert answer.status_code == nothing.status_code == 404
    for who, many in ((name, 0), ("hq", 1)):
        with acting_for(world.people[who]):
            assert EffectStudy.objects.count() == many
            assert Standing.objects.count() == many
            assert StudyRun.objects.count() == many
        assert EffectStudy.objects.visible_to(world.people[who]).count() == many
