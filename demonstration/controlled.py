"""The importer's self-assessments of two years and of this one, what its programs ask, and its manager's notes."""

import datetime

from dateutil.relativedelta import relativedelta

from accounts.models import Account, Enrollment, Membership, Person
from compliance.controls.models import Answer, Component, Given, SelfAssessment
from compliance.programs.models import Done, Step
from compliance.programs.obligations import letters_due
from demonstration.world import World
from inquiries.models import Contact, FollowUp

DAY = datetime.timedelta(days=1)
#: By years ago and component: the level of its questions, one after the other and again.
LEVELS = {
    2: {"environment": "2210", "risk": "1010", "activities": "12210", "information": "1121", "monitoring": "010"},
    1: {"environment": "2321", "risk": "1211", "activities": "22221", "information": "2122", "monitoring": "111"},
    0: {"environment": "3322", "risk": "2221", "activities": "32223", "information": "2232", "monitoring": "121"},
}
#: What the manager finds otherwise: years ago, question, level, reason.
CORRECTED = (
    (2, "records", 0, "Of five entries asked for, two could not be found."),
    (1, "testing", 0, "The test of March looked at one entry; that is no sample."),
)
SAID = {
    2: "A beginning. Write the procedures down first, and begin to test entries.",
    1: "Much better. What is left is testing your own entries, and looking for like errors.",
}
HOW = {
    0: "Not done so far.",
    1: "We do it, as those who have been here longest know how.",
    2: "As our import handbook says, chapter by chapter.",
    3: "As our import handbook says; internal audit looks at it each spring.",
}
#: Days ago, kind, what was said, what follows and in how many days, whether it is done.
NOTES = (
    (171, "meeting", "Yearly meeting. Went through figures and controls; they will hire somebody for classification.",
     "Ask who was hired", -120, True),
    (64, "visit", "Saw the warehouse and the import desk. Receiving counts each carton, and tells nobody when it differs.",
     "Send the page on overages and shortages", -40, True),
    (12, "call", "They asked about a test of their own entries: how many, how drawn. I said thirty lines, by lot.",
     "Ask what the test found", 18, False),
    (3, "call", "Nobody answers for requests while their manager is away. They will name a second person.",
     "Ask for the name of the second person", -1, False),
)  # fmt: skip


def settle(world: World) -> None:
    """Only for the importer of the sign-in: what one account shows, all others show alike."""
    account = Account.objects.filter(name=world.importer).first()
    manager = Person.objects.filter(email="manager@demo.example").first()
    members = Membership.objects.filter(account=account, ended_at=None, administrator=True, person__is_active=True)
    member = members.select_related("person").order_by("person__email").first()
    if account is None or manager is None or member is None or SelfAssessment.objects.filter(account=account).exists():
        return
    for years in sorted(LEVELS, reverse=True):
        _assess(account, member.person, manager, years, world.as_of)
    _programs(account, member.person, manager, world.as_of)
    _notes(account, manager, member.person, world.as_of)


def _assess(account: Account, member: Person, manager: Person, years: int, today: datetime.date) -> None:
    """Two years ago and last year reviewed; this year's is with the manager."""
    first = datetime.date(today.year - years, 1, 1)  # what reaches back beyond it is of another year
    on = max(first, today - relativedelta(years=years) - 30 * DAY if years else today - 2 * DAY)
    one = SelfAssessment.start(account, by=member, on=on)
    given = {}
    for component in Component:
        levels = LEVELS[years][component]
        for place, answer in enumerate(
            one.answers.filter(question__component=component).order_by("question__position")
        ):
            level = int(levels[place % len(levels)])
            given[answer.pk] = Given(0, level, True, HOW[level])
    Answer.objects.save_all(one, given, by=member)  # type: ignore[attr-defined]
    one.submit(by=member, on=on)
    for ago, code, level, reason in CORRECTED:
        if ago == years:
            one.answers.get(question__code=code).correct(level, reason=reason, by=manager)
    if years:
        one.agree(by=manager, on=on + 14 * DAY, words=SAID[years])


def _programs(account: Account, member: Person, manager: Person, today: datetime.date) -> None:
    """A member of ISA has sent the letters that were due; who is no member has asked to be one."""
    isa = Enrollment.objects.filter(account=account, program=Enrollment.Program.ISA).first()
    if isa is None:
        words = "Asked by mail; the questionnaire is with the account."
        Step.record(account, "ISA", Step.State.APPLIED, on=today - 40 * DAY, by=manager, today=today, words=words)
    else:
        accepted = isa.since or today - relativedelta(months=22)
        if isa.since is None:  # the file names the program and no day
            headquarters = Person.objects.get(email="hq@demo.example")
            Step.record(account, "ISA", Step.State.ACCEPTED, on=accepted, by=headquarters, today=today)
        for due in letters_due(accepted, accepted, today - 30 * DAY):
            Done.letter(account, due=due, on=due - 6 * DAY, by=member, today=today)
    words = "Forty lines of the two headings with the most duty, drawn by lot; two wrong in value, both corrected."
    Done.test(account, on=today - 420 * DAY, words=words, by=member, today=today)


def _notes(account: Account, manager: Person, member: Person, today: datetime.date) -> None:
    for ago, kind, words, what, within, done in NOTES:
        on = today - ago * DAY
        one = Contact.note(account, kind=kind, on=on, whom=member.name, words=words, by=manager, today=today)
        due = today + within * DAY
        follow = FollowUp.plan(one, what=what, due=due, by=manager, today=on)
        if done:
            follow.finish(by=manager, on=due)
