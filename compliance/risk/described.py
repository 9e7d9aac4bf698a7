"""docs/risk.md, written from the factors and the models of the code. Pure; `manage.py describe_risk` writes it down."""

import inspect
import re

import numpy as np

from compliance.risk.factors import FACTORS, LIMIT, LOSS, NAMES
from compliance.risk.inputs import NAMES as INPUTS
from compliance.risk.inputs import Inputs
from compliance.risk.model import FIRST, SECOND, Model
from compliance.risk.score import bands_of, expected_loss, parts_of, score_of

HEAD = """\
# The risk score

*Written from the code by `manage.py describe_risk`; `tests/docs/test_risk.py` fails when it is not fresh. Change the
docstring of the factor or `compliance/risk/described.py`, never this page.*

A number from 0 to 100 for each account: where an account manager should look first. It says how much revenue could be lost
there, and what makes a loss more likely. It does not say that anybody did wrong.

Account managers see the scores of their own accounts, headquarters sees all, the account itself never does
([access.md](access.md)). The page of an account tells the parts in words, what moved since the score before and why, and what
moved in a month; where another model made the earlier score, it is told as the model of today would have made it. A score is computed each night at 2:30 in New York, and again for the accounts that a load touched.

The score is the sum of its parts, to the hundredth of a point. The parts are stored with the score, and the database refuses
a score that is not their sum. Each part is one pure function in a file of its own in `compliance/risk/factors/`. The first
three are one thing, expected loss of revenue: duty, times how often, times how bad. They are taken on a logarithmic scale, so
that they add up in the order of their product; all others together have a third of a hundred points at most. If the sum
leaves 0 to 100, a last part, *limit of the scale*, takes it back.
"""
MODELS = """\
## The numbered model

Weights and bands stand in the database under a number. Headquarters drafts a copy of the model in force (Risk model, on the
portal's own pages), tries it out (who changes band, whose rank moves most, from the stored inputs, before anything changes),
and puts it in force; it can go back to an earlier one. A model that made scores is never changed, and each score keeps its
number and its inputs, so that an old score comes out again to the cent. A new database begins with these two:

| | {heads} |
|---|{rules}|
{rows}

The three parts of expected loss share its points by the spans of their scales: duty from ${duty.low:,.0f} to
${duty.high:,.0f}, rate from {rate.low:.0%} to {rate.high:.0%}, severity from {severity.low} to {severity.high:.0f} times the
duty of an average line.

## The factors
"""
KEPT = """## How long scores are kept

Scores of everybody are computed each night. One stands until it moves: a row is written where anything of it, inputs
included, is other than in the last row of the month, and on the first night of each month. Rows are kept for 35 days. For ever:
of each account its first and its newest, the last of each calendar month, each that stood in another band or came from another
model than the one before it, and whatever a selection round froze. A round keeps the whole row of each candidate besides, so its
list is computed again without any of these. The rest goes nightly
(`compliance/risk/forgetting.py`). A round of a past day goes by the newest score kept by that day.
"""
LIMITS = """\
## Importers, brokers, months

An importer is scored by what it imported, a broker by what it filed. Rows that an account uploaded itself never count. Trade:
the twelve whole months before the month scored; what is new: the last six of them against the twelve before these six.
Examinations: the twenty-four whole months before it, by the month of selection, closed ones only. Bonds and programs: as they
stand on the day; of several bonds in force the newest counts, with all numbers that it covers. The page of the bond tells of
the worst first, by its review and by letters of CBP; these stand as of now, and no score reads them.

## Limits

* It ranks accounts. The points are no dollars and no probability; only the inputs behind them are measured.
* Severity uses the duty of an average line, not of the line in which the error stood.
* Value in two priority trade issues at once counts twice, up to all of the value: sums by one dimension cannot tell.
* Controls are zero for whoever has no self-assessment that the account manager reviewed: none is no weakness that is known.
* The weights are a choice, not a measurement: the page Backtest shows what they would have found.
"""
BACKTEST = """## What the backtest knows, and what it cannot

It scores everybody again as of a past day by a numbered model, from what had been loaded by the end of that day (versions that
were replaced since included), with rates and peer groups fitted on these rows, and holds it against what random reviews of lines
selected later found. Importers alone are judged, since what a broker filed is its importers' too. What has no past here is as it
is today, or as it is known today:

* Centers and programs (CTPAT, ISA) are those of now; a program that an account left is not known to have been. Centers decide
  peer groups, so the interval of a rate may be another than on that day.
* Which account an importer number belongs to, and which numbers a bond covers, is as it stands now.
* Of a bond only the version that still stands is known. One that was replaced since, by a rider or a new amount, is missing.
* Plans: an action that was late on that day counts only while its plan is neither cured nor closed today, so bond use, programs
  and controls can differ from the score that was kept that night. The page of an account shows that one; the backtest does not.
* Weights were chosen with what is known today. A model that was drafted after the day has seen what it is judged by.
* Only who was reviewed at random later is judged: revenue lost where nobody looked is in no figure. Lines are drawn, so large
  accounts have more reviews under every ranking alike. Targeted finds are left out: the score itself sends them.
* What managers did after the day changed what reviews found: an account that improved because it ranked high counts against it.
"""
EXAMPLE = {
    "value12": 19_200_000,
    "duty12": 1_700_000,
    "entries12": 1_362,
    "lines12": 4_250,
    "rate": 0.0506,
    "rate_low": 0.024,
    "rate_high": 0.086,
    "reviews": 118,
    "reviews_wrong": 6,
    "reviews_major": 3,
    "finds": 14,
    "owed": 5_200,
    "value_last_half": 10_800_000,
    "value_half_before": 8_400_000,
    "textiles12": 1_900_000,
    "adcvd12": 3_100_000,
    "new_supplier_value": 1_620_000,
    "new_heading_value": 350_000,
    "new_suppliers": 2,
    "new_headings": 1,
    "unsure_entries": 15,
    "bond_amount": 200_000,
    "duties_taxes_fees12": 1_868_000,
    "ctpat_tier": 2,
}


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join(
        [HEAD, _models([FIRST, SECOND]), *(_factor(name) for name in FACTORS), _example(SECOND), KEPT, BACKTEST, LIMITS]
    )


def _most(name: str, model: Model) -> str:
    if name in LOSS:
        term = {"duty_at_stake": model.duty, "likelihood": model.rate, "severity": model.severity}[name]
        return f"{model.loss_points * term.span / model.loss_span:.2f}"
    points = model.points.get(name, 0)
    return "–" if not points else f"−{points:g}" if name == "programs" else f"{points:g}"


def _models(models: list[Model]) -> str:
    rows = [("Expected loss, all three", [f"{model.loss_points:g}" for model in models])]
    rows += [(NAMES[name], [_most(name, model) for model in models]) for name in FACTORS]
    rows += [
        ("Usual severity, in so many finds", [f"{one.severity_prior:g}, {one.severity_weight:g}" for one in models]),
        ("Moderate from, high from", [f"{one.moderate_from:g}, {one.high_from:g}" for one in models]),
    ]
    first = models[0]
    return MODELS.format(
        heads=" | ".join(f"model {model.version}" for model in models),
        rules="|".join("---" for _ in models),
        rows="\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows),
        duty=first.duty,
        rate=first.rate,
        severity=first.severity,
    )


def _factor(name: str) -> str:
    """What the file says of itself, then what the function says."""
    function = FACTORS[name]
    module = inspect.getdoc(inspect.getmodule(function)) or ""
    said, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    rest = " ".join(rest.split())
    reads, _, source = rest.partition(" Source: ")
    return (
        f"### {NAMES[name]}\n\n{' '.join(module.split())} {' '.join(said.split())}\n\n"
        f"* File: `factors/{name}.py`\n* {re.sub('^Reads: ', 'Reads: ', reads)}\n* Source: {source}\n"
    )


def _example(model: Model) -> str:
    given = Inputs(**{name: np.array([float(EXAMPLE.get(name, 0))]) for name in INPUTS})
    parts = parts_of(given, model)
    score = score_of(parts)
    inputs = "\n".join(f"| `{name}` | {EXAMPLE[name]:,} |" for name in INPUTS if EXAMPLE.get(name))
    sums = "\n".join(
        f"| {NAMES[name]} | `{name}` | {part[0] / 100:.2f} |"
        for name, part in parts.items()
        if name != LIMIT or part[0]
    )
    return (
        f"## One account, worked through with model {model.version}\n\n| input | |\n|---|---|\n{inputs}\n\n"
        "Inputs that are not named are 0.\n\n| part | name | points |\n|---|---|---|\n"
        f"{sums}\n| **Score, {bands_of(score, model)[0]}** | | **{score[0] / 100:.2f}** |\n\n"
        f"Its expected loss is ${expected_loss(given, model)[0]:,.0f} a year: duty times rate times severity. Where scores are"
        " alike, it decides the rank.\n"
    )
