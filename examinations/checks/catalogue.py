"""All checks, in the order in which the page lists them."""

from examinations.checks.check import Check
from examinations.checks.fee_on_preference import fee_on_preference
from examinations.checks.missing_additional_duty import missing_additional_duty
from examinations.checks.new_supplier import new_supplier
from examinations.checks.origin_and_maker import origin_and_maker
from examinations.checks.preference_and_origin import preference_and_origin
from examinations.checks.two_headings import two_headings
from examinations.checks.unit_value import unit_value

CHECKS: dict[str, Check] = {
    check.key: check
    for check in (
        missing_additional_duty(),
        preference_and_origin(),
        origin_and_maker(),
        fee_on_preference(),
        two_headings(),
        new_supplier(),
        unit_value(),
    )
}

#: The checks whose finds tell nothing of other lines: a broker sees these of what it filed.
OF_LINE_ALONE = [key for key, check in CHECKS.items() if check.of_line_alone]
#: The check whose finds tell what examinations found.
OF_EXAMINATIONS = "new-supplier"
