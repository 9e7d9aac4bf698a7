"""For whom a notice is, and what it changes in duty: as fields."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Account, Center, Enrollment
from compliance.measurement.issues import ISSUES
from notices import codes

MOST_CODES = 200
#: Conditions of trade that the sums of a change of duty do not know, as a sentence names them: those sums are laid on goods,
#: origins and claims that are exempt (examinations.models.DutyChange).
NOT_IN_THE_SUMS = {
    "ports": "port",
    "manufacturers": "manufacturer",
    "spi_codes": "preference claimed",
    "adcvd_cases": "AD/CVD case",
    "entry_types": "type of entry",
    "issues": "priority trade issue",
}
LEAST_POINTS, MOST_POINTS = Decimal(-500), Decimal(1000)


def _codes(name: str, size: int, help_text: str) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=size), default=list, blank=True, size=MOST_CODES, verbose_name=name,
        help_text=help_text,
    )  # fmt: skip


def _choices(name: str, choices: Any, size: int, help_text: str) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=size, choices=choices), default=list, blank=True, verbose_name=name,
        help_text=help_text,
    )  # fmt: skip


#: Lists of codes and the form that each of their codes has.
FORMS: dict[str, Callable[[str], str]] = {
    "hts_prefixes": codes.prefix,
    "excluded_hts_prefixes": codes.prefix,
    "countries": codes.country,
    "ports": codes.port,
    "manufacturers": codes.manufacturer,
    "spi_codes": codes.preference,
    "adcvd_cases": codes.case,
    "entry_types": codes.entry_type,
    "exempt_hts_prefixes": codes.prefix,
    "exempt_spi_codes": codes.claimed_preference,
}


class ForWhom(models.Model):
    """Conditions, all of which an account must meet; one that is empty asks for nothing.

    Those from `issues` to `entry_types` are asked of what the account really traded in the last twelve months: one and
    the same row of its trade must meet them all.
    """

    account_kinds = _choices(
        "for importers, brokers", Account.Kind, 8, "Importers, brokers or both; none chosen means both."
    )
    programs = _choices(
        "programs", Enrollment.Program, 8, "Those that take part in one of these; none chosen means all."
    )
    centers = models.ManyToManyField(Center, blank=True, help_text="None chosen means all.")
    accounts = models.ManyToManyField(Account, blank=True, help_text="Named accounts alone; none means all.")
    issues = _choices(
        "priority trade issues", [(one.code, one.name) for one in ISSUES], 12, "Goods of one of these issues."
    )
    hts_prefixes = _codes("goods", 10, "Beginnings of tariff numbers, 2 to 10 digits: 8501, 8501.32.")
    excluded_hts_prefixes = _codes("goods left out", 10, "Beginnings of tariff numbers that it is not about.")
    countries = _codes("countries of origin", 2, "Two letters each: CN, VN.")
    ports = _codes("ports of entry", 4, "Four digits each: 2704.")
    manufacturers = _codes("manufacturers", 15, "Manufacturers’ codes (MID) or their beginnings.")
    spi_codes = _codes("preferences claimed", 4, "Codes of preferences that are claimed; NONE for lines without.")
    adcvd_cases = _codes("AD/CVD cases", 12, "Case numbers: A-570-967.")
    entry_types = _codes("types of entry", 2, "Two digits each: 01, 03.")

    class Meta:
        abstract = True

    @property
    def asks_of_trade(self) -> bool:
        """Whether it is for those who traded something, and not for all of a kind."""
        asked = ("issues", "hts_prefixes", "excluded_hts_prefixes", "countries", "ports", "manufacturers")
        return any(getattr(self, name) for name in (*asked, "spi_codes", "adcvd_cases", "entry_types"))

    @property
    def of_chapter_99(self) -> bool:
        """Whether its goods are named by numbers of chapter 99 alone: their rows have duty, and no value of their own."""
        return bool(self.hts_prefixes) and all(one.startswith("99") for one in self.hts_prefixes)

    @property
    def not_in_the_sums(self) -> list[str]:
        """By what it is narrowed that no sum of a change of duty is, as words."""
        return [words for name, words in NOT_IN_THE_SUMS.items() if getattr(self, name)]


class DutyTerms(models.Model):
    """A change of duty as data: of the notice's goods and origins, for entries from its effective date on."""

    class DutyKind(models.TextChoices):
        NONE = "", "No change of duty"
        ADDS = "adds", "Comes on top of today’s duty"
        REPLACES = "replaces", "Replaces today’s duty"
        UNKNOWN = "unknown", "Specific or by quota: cannot be estimated from value"

    duty_kind = models.CharField("change of duty", max_length=8, choices=DutyKind, default=DutyKind.NONE, blank=True)
    rate_change = models.DecimalField(
        "percentage points", max_digits=7, decimal_places=3, null=True, blank=True,
        help_text="Of the value: 25 for 25 points more, -10 for 10 less; where it replaces, the new rate.",
    )  # fmt: skip
    chapter_99 = models.CharField(
        "row that it asks for", max_length=13, blank=True, default="", db_default="",
        help_text="The number of chapter 99, or how it begins, that a line of these goods must name beside its own:"
        " 9903.88. Once published, each line without it is shown to its account. Empty: it asks for none.",
    )  # fmt: skip
    exempt_hts_prefixes = _codes("goods exempt from it", 10, "Beginnings of tariff numbers that do not pay the change.")
    exempt_spi_codes = _codes("preferences exempt from it", 4, "Codes of preferences whose claims are exempt.")
    last_entry_date = models.DateField(
        "last day of entry", null=True, blank=True, help_text="Through that day; empty: until further notice."
    )
    in_transit = models.CharField(
        "goods on their way", max_length=300, blank=True, help_text="The rule for goods that were loaded before."
    )

    class Meta:
        abstract = True

    @property
    def changes_duty(self) -> bool:
        return bool(self.duty_kind)

    @property
    def can_be_estimated(self) -> bool:
        """Whether value tells what the change costs."""
        return self.duty_kind in (self.DutyKind.ADDS, self.DutyKind.REPLACES) and self.rate_change is not None


def clean_codes(notice: models.Model) -> dict[str, str]:
    """Bring each list into its form; what is wrong with the others, by field."""
    found = {}
    for name, form in FORMS.items():
        try:
            setattr(notice, name, codes.all_of(form, getattr(notice, name)))
        except ValueError as error:
            found[name] = str(error)
    try:
        notice.chapter_99 = codes.chapter_99(notice.chapter_99) if notice.chapter_99 else ""  # type: ignore[attr-defined]
    except ValueError as error:
        found["chapter_99"] = f"“{notice.chapter_99[:20]}” {error}."  # type: ignore[attr-defined]
    return found


def clean_asked_for(notice: "DutyTerms") -> dict[str, str]:
    """What is wrong with the row of chapter 99 that it asks for, by field."""
    if not notice.chapter_99:
        return {}
    adds = notice.duty_kind == DutyTerms.DutyKind.ADDS and notice.rate_change is not None and notice.rate_change > 0
    if not adds:
        return {"chapter_99": "A row is asked for where percentage points come on top of today’s duty."}
    if narrowed := notice.not_in_the_sums:  # type: ignore[attr-defined]
        return {"chapter_99": f"A row is asked of goods, origins and claims alone: leave out by {', '.join(narrowed)}."}
    return {}


def clean_duty(notice: DutyTerms) -> dict[str, str]:
    """What is wrong with the change of duty, by field."""
    points, kind, found = notice.rate_change, notice.duty_kind, {}
    if points is not None and not kind:
        notice.duty_kind = kind = DutyTerms.DutyKind.ADDS
    if points is not None and not (points.is_finite() and LEAST_POINTS <= points <= MOST_POINTS):
        found["rate_change"] = f"Between {LEAST_POINTS} and {MOST_POINTS} percentage points."
    elif kind == DutyTerms.DutyKind.UNKNOWN and points is not None:
        found["rate_change"] = "What cannot be estimated from value has no percentage points."
    elif kind in (DutyTerms.DutyKind.ADDS, DutyTerms.DutyKind.REPLACES) and points is None:
        found["rate_change"] = "Say by how many percentage points, or that it cannot be estimated from value."
    elif kind == DutyTerms.DutyKind.REPLACES and points is not None and points < 0:
        found["rate_change"] = "A rate that replaces another is zero or more."
    if points is not None and any(one.startswith("99") for one in notice.hts_prefixes):  # type: ignore[attr-defined]
        found["hts_prefixes"] = (
            "Rows of chapter 99 have no value of their own: name the goods by the numbers of their own chapters, or say"
            " that the change cannot be estimated from value."
        )
    return found


def check(found: dict[str, str]) -> None:
    """Raise ValidationError by field where something was found."""
    if found:
        raise ValidationError(found)
