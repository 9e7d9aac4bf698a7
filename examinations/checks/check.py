"""What a check is: a question, the statement that finds the rows, and the sentence that says why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: How far back the checks look, in months before the month of `as_of`.
MONTHS = 24


@dataclass(frozen=True)
class Check:
    """One question that an auditor would ask of every line.

    key: in addresses and in the database. title: what was found, as a heading. asks: what is compared, and what a
    find does not prove. money: what its dollars are, as the end of a sentence. rule: the source, with this project's own choices named so.
    because: the facts of one find as a sentence. sql: selects `row_id` (of the tariff row that stands for the
    line), `money` (numeric, or NULL where nobody can say) and `facts` (jsonb) from the rows `held`. of_line_alone:
    false where it compares with other lines of the account, which the broker of one of them may not know.
    """

    key: str
    title: str
    asks: str
    money: str
    rule: str
    because: Callable[[dict[str, Any]], str]
    sql: str
    of_line_alone: bool = True


#: The duty on all tariff rows of the line of `h`: chapter 99 rows belong to the row that stands for the line.
DUTY_OF_LINE = """(SELECT sum(r.duty) FROM examinations_entryline r
                   WHERE r.entry_id = h.entry_id AND r.line = h.line)"""
