"""Entries whose correction or protest window closes soon, and the money in question on them."""

from examinations.closing.days import (
    Ranked,
    asked_about,
    closing_days,
    hold_all,
    sums_of_days,
    sums_of_few,
    with_question,
)
from examinations.closing.portfolio import ClosingOf, closing_of_all
from examinations.closing.question import Question, checks_of, questions_of, with_money
from examinations.closing.windows import CORRECTION, PROTEST, WINDOWS, closing, sides_of, with_windows

__all__ = [
    "CORRECTION",
    "PROTEST",
    "WINDOWS",
    "ClosingOf",
    "Question",
    "Ranked",
    "asked_about",
    "checks_of",
    "closing",
    "closing_days",
    "closing_of_all",
    "hold_all",
    "questions_of",
    "sides_of",
    "sums_of_days",
    "sums_of_few",
    "with_money",
    "with_question",
    "with_windows",
]
