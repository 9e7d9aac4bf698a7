"""The steps by which headquarters moves a notice on in the admin: each shows first what it will do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import Person
from look.formats import plural
from notices.forms import AtForm, NumberForm, PerhapsWhyForm, VersionForm, WhyForm
from notices.models import Notice

State = Notice.State
#: What was done, in words, and the notice to go on with, if any.
Done = tuple[str, Notice | None]


@dataclass(frozen=True)
class Move:
    """name: of the step. label: its link and heading. button: what its button says. from_states: where it is open."""

    name: str
    label: str
    button: str
    from_states: tuple[str, ...]
    do: Callable[[Notice, Any, Any], Done]
    form: type[forms.Form] = forms.Form
    explains: str = ""


def _publish(notice: Notice, by: Person, form: Any) -> Done:
    told = notice.publish(by=by, version=form.cleaned_data["version"])
    return f"Published; {plural(told, 'person is', 'people are')} told.", None


def _submit(notice: Notice, by: Person, form: Any) -> Done:
    notice.submit(by=by)
    return "Sent for review: a second person publishes it, or sends it back.", None


def _send_back(notice: Notice, by: Person, form: Any) -> Done:
    notice.send_back(by=by, why=form.cleaned_data["why"])
    return "Sent back; it is a draft again.", None


def _schedule(notice: Notice, by: Person, form: Any) -> Done:
    notice.schedule(form.at(), by=by, version=form.cleaned_data["version"])
    return "Approved; it goes out by itself at that moment.", None


def _call_off(notice: Notice, by: Person, form: Any) -> Done:
    notice.call_off(by=by)
    return "Taken off the schedule; it is a draft again.", None


def _retract(notice: Notice, by: Person, form: Any) -> Done:
    stopped = notice.retract(by=by, why=form.cleaned_data["why"])
    return f"Retracted; {plural(stopped, 'mail')} stopped.", None


def _correct(notice: Notice, by: Person, form: Any) -> Done:
    draft = notice.successor(Notice.Replaces.CORRECTS, form.cleaned_data["number"], by=by)
    return "A draft with the same words: change what was wrong. The old one holds until this one is published.", draft


def _supersede(notice: Notice, by: Person, form: Any) -> Done:
    draft = notice.successor(Notice.Replaces.SUPERSEDES, form.cleaned_data["number"], by=by)
    return "A draft with the same words: write what holds from now on. The old one holds until it is published.", draft


SECOND = "A second person does this: neither who wrote it nor who changed it last."
REPLACED = "What is published is not changed. A notice of its own takes its place, and goes to those too who were told of this one."
MOVES = {
    move.name: move
    for move in (
        Move("submit", "Send for review", "Send for review", (State.DRAFT,), _submit, explains="It cannot be changed while it is in review."),
        Move("publish", "Publish", "Publish", (State.REVIEW,), _publish, VersionForm, SECOND),
        Move("schedule", "Approve for later", "Approve, and publish at that moment", (State.REVIEW,), _schedule, AtForm, SECOND),
        Move("send_back", "Send back", "Send back to its author", (State.REVIEW,), _send_back, WhyForm, "The author reads why."),
        Move("call_off", "Take off the schedule", "Take off the schedule", (State.SCHEDULED,), _call_off),
        Move("correct", "Correct", "Write the correction", (State.PUBLISHED,), _correct, NumberForm, REPLACED),
        Move("supersede", "Supersede", "Write what supersedes it", (State.PUBLISHED,), _supersede, NumberForm, REPLACED),
        Move("retract", "Retract", "Retract the notice", (State.PUBLISHED,), _retract, PerhapsWhyForm),
    )
}  # fmt: skip


def moves_of(notice: Notice) -> list[Move]:
    """The steps that are open for a notice as it stands."""
    return [move for move in MOVES.values() if notice.state in move.from_states]
