from typing import Any

from examinations.checks.check import Check
from examinations.fees import SPI_WITHOUT_MPF


def _because(facts: dict[str, Any]) -> str:
    return f"The claim {facts['claim']} frees originating goods from the fee, and it was paid all the same."


def fee_on_preference() -> Check:
    """MPF reported on a line whose preference claim frees it from the fee."""
    return Check(
        key="mpf-spi",
        title="Processing fee paid on a line that is free of it",
        asks="Originating goods of most trade agreements pay no merchandise processing fee. Fees that this portal "
        "estimated are not looked at, only those that the file reports.",
        money="the fee of the line.",
        rule="19 CFR 24.23(c); list of claims: project default",
        because=_because,
        sql=f"""SELECT h.id AS row_id, h.mpf AS money, jsonb_build_object('claim', h.spi) AS facts
                FROM held h WHERE h.spi IN {SPI_WITHOUT_MPF} AND h.mpf > 0 AND NOT h.fees_estimated""",
    )
