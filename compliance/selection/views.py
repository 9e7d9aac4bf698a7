"""Headquarters' pages of selection: rounds, one round from draft to record, one candidate."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.guards import allow
from accounts.models import Person
from compliance.selection import closing, ranking, reading, sheets, words
from compliance.selection.forms import RoundForm, WhatIfForm, plain
from compliance.selection.models import Candidate, Opening, Round
from compliance.selection.pools import names
from compliance.selection.whatif import other_terms, what_if
from look.downloads import FORMATS, MOST_ROWS, download
from look.formats import plural
from look.forms import put_errors

HEADQUARTERS = Person.Role.HEADQUARTERS
#: Rounds in the list; two a year for a decade.
SHOWN = 20


def round_of(request: HttpRequest, round_id: int) -> Round:
    """The round of that id. Raises Http404."""
    rows = Round.objects.visible_to(request.user).select_related("made_by", "opened_by", "closed_by")
    chosen = rows.filter(pk=round_id).first()
    if chosen is None:
        raise Http404
    return chosen


def _back(request: HttpRequest, chosen: Round, refused: ValidationError) -> HttpResponse:
    """To the round's page, which says why not."""
    for sentence in refused.messages:
        messages.error(request, sentence)
    return redirect("selection-round", chosen.pk)


@require_safe
@allow(HEADQUARTERS)
def round_list(request: HttpRequest) -> HttpResponse:
    """The rounds, newest first, and what came of each."""
    rounds = list(Round.objects.visible_to(request.user).select_related("opened_by", "closed_by")[:SHOWN])
    open_one = next((one for one in rounds if one.state == Round.State.OPEN), None)
    context = {"rounds": rounds, "open": open_one, "shown": SHOWN, "newest": rounds[0] if rounds else None}
    return render(request, "selection/rounds.html", context)


@allow(HEADQUARTERS)
def new_round(request: HttpRequest) -> HttpResponse:
    """Write a draft."""
    form = RoundForm(timezone.localdate(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen = Round.draft(by=request.user, **form.given)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            return redirect("selection-round", chosen.pk)
    return render(request, "selection/edit.html", {"form": form, "round": None})


@allow(HEADQUARTERS)
def change_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """Change a draft."""
    chosen = round_of(request, round_id)
    if chosen.state != Round.State.DRAFT:
        return redirect("selection-round", chosen.pk)
    form = RoundForm(timezone.localdate(), request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.change(by=request.user, **form.given)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            return redirect("selection-round", chosen.pk)
    return render(request, "selection/edit.html", {"form": form, "round": chosen})


@require_POST
@allow(HEADQUARTERS)
def open_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """Freeze everybody as they are."""
    chosen = round_of(request, round_id)
    try:
        if Opening.is_needed():
            Opening.ask(chosen, by=request.user)
            return redirect("selection-round", chosen.pk)
        many = chosen.open(by=request.user)
    except ValidationError as refused:
        return _back(request, chosen, refused)
    messages.success(request, f"{plural(many, 'candidate is', 'candidates are')} frozen and ranked.")
    return redirect("selection-round", chosen.pk)


def _download(request: HttpRequest, chosen: Round, pools: dict[str, str]) -> HttpResponse:
    """The list as the page narrows it, as a file; one that is too long is to be narrowed first."""
    view, pool = reading.narrowed(request.GET, pools)
    rows = list(reading.rows_of(chosen, view, pool).select_related("decided_by")[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        messages.error(request, f"A download holds up to {MOST_ROWS:,} rows: narrow the list first.")
        return redirect("selection-round", chosen.pk)
    sheet = sheets.candidates(chosen, rows, pools, view[1], pools.get(pool, ""), request.user)
    return download(sheet, request.GET["download"])


def _draft_page(request: HttpRequest, chosen: Round, pools: dict[str, str]) -> HttpResponse:
    """Its terms, or how far a worker is that opens it; after one that came to nothing, why."""
    asked = chosen.openings.select_related("by").first()
    if asked and not asked.finished:
        page = "opening_progress" if request.htmx else "opening"
        return render(request, f"selection/{page}.html", {"round": chosen, "asked": asked})
    if request.htmx:
        return HttpResponseClientRefresh()
    capacities = [(pools.get(pool, pool), number) for pool, number in chosen.capacities.items()]
    refused = asked.message if asked and chosen.state == Round.State.DRAFT else ""
    return render(request, "selection/draft.html", {"round": chosen, "capacities": capacities, "refused": refused})


@require_safe
@allow(HEADQUARTERS)
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """A draft's terms, or the ranking of an opened round with what is decided."""
    chosen = round_of(request, round_id)
    pools = names()
    if chosen.state == Round.State.DRAFT or not chosen.counted:
        return _draft_page(request, chosen, pools)
    if request.htmx:  # it is open by now: the whole page
        return HttpResponseClientRefresh()
    if request.GET.get("download") in FORMATS:
        return _download(request, chosen, pools)
    rooms = closing.rooms(chosen)
    listed = reading.listed(chosen, request.GET, pools)
    what = WhatIfForm(chosen, request.GET)
    asked = what.is_asked and what.is_valid()
    undecided = chosen.undecided
    context = {
        "round": chosen,
        "listed": listed,
        "rule": words.RULE,
        "undecided": undecided,
        "to_decide": chosen.proposals,
        "decided": chosen.proposals - undecided,
        "enters": reading.marked(chosen, ranking.ENTERS),
        "leaves": reading.marked(chosen, ranking.LEAVES),
        "capacity": reading.capacity_of(rooms, pools),
        "is_open": chosen.state == Round.State.OPEN,
        "may_close": chosen.opened_by_id != request.user.pk,
        "what_form": what,
        "sliders": what.sliders(),
        "terms": {name: plain(value) for name, value in what.cleaned_data.items()} if asked else {},
        "what": what_if(chosen, other_terms(chosen, **what.cleaned_data)) if asked else None,
        "choices": [(ranking.ACCEPTED, "Accept"), (ranking.DECLINED, "Decline"), (ranking.DEFERRED, "Defer")],
    }
    return render(request, "selection/round.html", context)


@require_POST
@allow(HEADQUARTERS)
def decide(request: HttpRequest, round_id: int) -> HttpResponse:
    """Accept, decline or defer the chosen ones, or every proposal that waits; or take one in out of turn."""
    chosen = round_of(request, round_id)
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    if "all" in request.POST:
        candidates = chosen.candidates.filter(mark__in=Candidate.TO_DECIDE, decision="")
    else:
        picked = [int(one) for one in request.POST.getlist("pick") if one.isascii() and one.isdigit() and len(one) < 18]
        candidates = chosen.candidates.filter(pk__in=picked)
    try:
        if decision == ranking.TAKEN_IN:
            one = candidates.first()
            if one is None:
                raise ValidationError("Choose whom to take in.")
            chosen.take_in(one, reason, by=request.user)
            messages.success(request, f"{one} is taken in.")
        else:
            before = chosen.proposals
            many = chosen.decide(candidates, decision, reason, by=request.user)
            messages.success(request, f"{plural(many, 'proposal is', 'proposals are')} {decision}.")
            if more := max(chosen.proposals - before, 0):
                messages.info(
                    request,
                    f"{plural(more, 'account that waited moves', 'accounts that waited move')} up: decide about "
                    f"{'it' if more == 1 else 'them'} too.",
                )
    except ValidationError as refused:
        for sentence in refused.messages:
            messages.error(request, sentence)
    return redirect(_after(request, chosen))


def _after(request: HttpRequest, chosen: Round) -> str:
    """The list where it was, with its filters; nothing else that a form could send along."""
    kept = {name: request.POST[name] for name in ("view", "after", "pool") if request.POST.get(name)}
    return f"/selection/{chosen.pk}/" + (f"?{urlencode(kept)}" if kept else "")


@allow(HEADQUARTERS)
def close_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show the second person what follows, then close."""
    chosen = round_of(request, round_id)
    if request.method == "POST":
        try:
            outcomes = chosen.close(by=request.user, seen=request.POST.get("seen", ""))
        except ValidationError as refused:
            return _back(request, chosen, refused)
        entered, left = outcomes[ranking.ENTERED], outcomes[ranking.LEFT]
        messages.success(
            request, f"The round is closed: {plural(entered, 'account')} entered, {left:,} left, and each is told."
        )
        return redirect("selection-record", chosen.pk)
    if chosen.state != Round.State.OPEN:
        return redirect("selection-round", chosen.pk)
    context = {"round": chosen, "seen": closing.stamp(chosen)} | reading.to_approve(chosen, names())
    return render(request, "selection/close.html", context)


@allow(HEADQUARTERS)
def give_up(request: HttpRequest, round_id: int) -> HttpResponse:
    """End a round that shall change nothing."""
    chosen = round_of(request, round_id)
    if chosen.state not in (Round.State.DRAFT, Round.State.OPEN):
        return redirect("selection-round", chosen.pk)
    if request.method == "POST":
        try:
            chosen.give_up(request.POST.get("reason", ""), by=request.user)
        except ValidationError as refused:
            return _back(request, chosen, refused)
        messages.success(request, "The round is given up; nothing changed.")
        return redirect("selection")
    return render(request, "selection/give_up.html", {"round": chosen})


@require_safe
@allow(HEADQUARTERS)
def record_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """The record, and the same list computed again on the spot where that is asked for."""
    chosen = round_of(request, round_id)
    if not chosen.counted:
        raise Http404
    again: dict[str, Any] = {}
    if "again" in request.GET:
        found = chosen.replay()
        again = {"replay": found, "said": words.replay_in_words(chosen, found)}
    return render(
        request, "selection/record.html", {"round": chosen, "kept": chosen.record, "rule": words.RULE} | again
    )


@require_safe
@allow(HEADQUARTERS)
def candidate_page(request: HttpRequest, round_id: int, pk: int) -> HttpResponse:
    """Everything that decided about one candidate, to be told on the telephone."""
    chosen = round_of(request, round_id)
    candidate = chosen.candidates.select_related("decided_by", "center").filter(pk=pk).first()
    if candidate is None:
        raise Http404
    pools = names()
    context = {
        "round": chosen,
        "candidate": candidate,
        "pool": pools.get(candidate.pool, candidate.pool),
        "sentence": words.because(candidate, chosen, pools.get(candidate.pool, candidate.pool)),
        "parts": words.parts_of(candidate),
        "facts": words.facts_of(candidate),
        "rule": words.RULE,
        "many": chosen.counted.get("candidates", 0),
        "may_take_in": chosen.state == Round.State.OPEN
        and not candidate.was_active
        and candidate.mark in (ranking.WAITS, ranking.NOT_YET),
        "is_open": chosen.state == Round.State.OPEN,
    }
    return render(request, "selection/candidate.html", context)
