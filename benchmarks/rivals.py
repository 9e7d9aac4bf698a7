"""Another way to bring in rows, as its users write it, for the benchmark of loading to compare with."""

import time

#: So many rows say how fast it is.
ROWS = 2_000


def rows_a_second(rows: int, *, tuned: bool = False) -> float:
    """django-import-export with bulk on: stored entry lines, as a file's texts, into their emptied table. The owner does it.

    As its documentation has it: keys by its widgets, no difference made out. tuned: nothing is looked up, neither the
    rows (all are new) nor the keys, which leaves hardly more than reading cells and `bulk_create`. Neither checks an
    entry as a whole, keeps sums, or knows a correction.
    """
    import tablib  # noqa: PLC0415  settings come first
    from django.db import connection  # noqa: PLC0415
    from import_export import fields, resources  # noqa: PLC0415

    from examinations.models import EntryLine  # noqa: PLC0415

    known = EntryLine._meta.concrete_fields
    stored = EntryLine.objects.order_by("id").values_list(*(one.attname for one in known))[:rows]
    texts = [["" if cell is None else str(cell) for cell in row] for row in stored]
    data = tablib.Dataset(*texts, headers=[one.name for one in known])
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE examinations_entryline")

    class Meta:
        model = EntryLine
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        force_init_instance = tuned

    bare = {
        one.name: fields.Field(attribute=one.attname, column_name=one.name)
        for one in known
        if one.is_relation and tuned
    }
    resource = type("Lines", (resources.ModelResource,), {"Meta": Meta, **bare})()
    start = time.monotonic()
    resource.import_data(data, raise_errors=True)
    seconds = time.monotonic() - start
    if EntryLine.objects.count() != len(texts):
        raise SystemExit("django-import-export did not bring in all rows.")
    return len(texts) / seconds
