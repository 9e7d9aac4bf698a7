"""Tariff rows as a file, under the headers of ES-003."""

from django.db.models import Expression, F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast

from accounts.models import Account
from examinations.entry_lines import EntryLineList, asked_filters
from examinations.exports.about import ENTRY_LINES as DEFINITIONS
from examinations.exports.copying import Column, CopiedSheet, Holds
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, register
from look.downloads import about_list, filters_in_words, named


class EntryNumber(Func):
    """9XZ-4410377-5, as look.formats.entry_number."""

    template = "left(%(expressions)s, 3) || '-' || substr(%(expressions)s, 4, 7) || '-' || right(%(expressions)s, 1)"
    output_field = TextField()


class Padded(Func):
    """A line number as its report has it: 001."""

    template = (
        "CASE WHEN %(expressions)s < 10 THEN '00' || %(expressions)s "
        "WHEN %(expressions)s < 100 THEN '0' || %(expressions)s ELSE %(expressions)s::text END"
    )
    output_field = TextField()


class YesNo(Func):
    template = "CASE WHEN %(expressions)s THEN 'yes' ELSE 'no' END"
    output_field = TextField()


def _importer(account: Account) -> Expression:
    """One account's own rows carry one name; a broker's those of its clients."""
    if account.kind != Account.Kind.BROKER:
        return Cast(Value(account.name), TextField())
    return Subquery(Account.objects.filter(pk=OuterRef("account_id")).values("name")[:1], output_field=TextField())


def columns_of(account: Account) -> list[Column]:
    text, number, day = Holds.TEXT, Holds.NUMBER, Holds.DAY
    return [
        Column("Entry Summary Number", EntryNumber(F("entry__number"))),
        Column("Entry Summary Line Number", Padded(F("line"))),
        Column("Tariff Ordinal Number", "ordinal", number),
        Column("Entry Type Code", "entry__entry_type", text),
        Column("Importer Name", _importer(account), text),
        Column("Filer Name", "entry__filer_name", text),
        Column("Port of Entry Code", "port"),
        Column("Entry Date", "entry_date", day),
        Column("Country of Origin Code", "origin", text),
        Column("Country of Export Code", "export_country", text),
        Column("Manufacturer ID", "manufacturer_id", text),
        Column("Line SPI Code", "spi", text),
        Column("HTS Number - Full", "hts"),
        Column("Line Tariff Goods Value Amount", "value", number),
        Column("Line Tariff Duty Amount", "duty", number),
        Column("Line MPF Amount", "mpf", number),
        Column("Line HMF Amount", "hmf", number),
        Column("Line Tax Amount", "tax", number),
        Column("Line Fee Amount", "other_fees", number),
        Column("Fees Estimated", YesNo(F("fees_estimated"))),
        Column("Counts In Value", YesNo(F("counts_value"))),
        Column("Mode of Transportation Code", "mode", text),
        Column("Line Tariff Quantity (1)", "quantity", number),
        Column("Line Tariff UOM (1) Code", "uom", text),
        Column("AD/CVD Case Number", "adcvd_case", text),
    ]


def sheet_of(found: EntryLineList, *, ordered: bool = True) -> CopiedSheet:
    """The rows of a list, written by the database.

    ordered: newest first, as the page has them. A million rows in the order in which they lie take half the time.
    """
    asked = found.asked
    filters = filters_in_words(found.filter.form)
    about = about_list("Entry lines", asked.account.name, asked.person.name, filters, DEFINITIONS)
    return CopiedSheet.of(
        named("entry-lines", filters),
        columns_of(asked.account),
        found.rows if ordered else found.rows.order_by(),
        about,
    )


def _sheet_for(asked: Asked) -> CopiedSheet:
    found = EntryLineList(asked)
    if not found.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(found, ordered=False)


def _settled(asked: Asked) -> Filters:
    return as_lists(asked_filters(asked))


register(Kind("entry-lines", "Entry lines", "/entry-lines/", _sheet_for, _settled))
