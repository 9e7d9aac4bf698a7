"""Entries and their rows as they were before a load get ledgers of their own, column by column; what is kept moves there.

Of what is left in the other ledger the key alone says what a row is history of.
"""

import django.db.models.deletion
from django.db import migrations, models

from accounts.row_security import WORKER, protect, within

OF_ENTRY = (
    "number, identifier_id, account_id, filer_id, source, entry_type, port, entry_date, summary_date, mode, importer_name,"
    " filer_name, review_team, bond_number, lines, value, duty, mpf, hmf, tax, other_fees, fees_estimated, liquidation_date,"
    " liquidation_status, liquidated_duty, reconciliation_due, extension_status, corrected, version_at, load_id"
)
OF_LINE = (
    "entry_id, line, ordinal, stands_for_line, counts_value, account_id, filer_id, source, entry_date, port, mode, origin,"
    " export_country, manufacturer_id, spi, hts, value, duty, mpf, hmf, tax, other_fees, fees_estimated, quantity, uom,"
    " adcvd_case, load_id"
)
KEPT_ENTRY, KEPT_LINE = (", ".join(f"r.{name}" for name in names.split(", ")) for names in (OF_ENTRY, OF_LINE))
MOVE = f"""
INSERT INTO examinations_earlierentry (id, row, replaced_by_id, why, at, {OF_ENTRY})
SELECT s.id, r.id, s.load_id, s.why, s.at, {KEPT_ENTRY} FROM examinations_supersededrow s
CROSS JOIN LATERAL jsonb_populate_record(NULL::examinations_entry, s.was) r WHERE s."table" = 'examinations_entry';
INSERT INTO examinations_earlierentryline (id, row, replaced_by_id, why, at, number, {OF_LINE})
SELECT s.id, r.id, s.load_id, s.why, s.at, left(s.key, 11), {KEPT_LINE} FROM examinations_supersededrow s
CROSS JOIN LATERAL jsonb_populate_record(NULL::examinations_entryline, s.was) r WHERE s."table" = 'examinations_entryline';
DELETE FROM examinations_supersededrow WHERE "table" IN ('examinations_entry', 'examinations_entryline');
"""
MOVE_BACK = f"""
INSERT INTO examinations_supersededrow (id, load_id, account_id, filer_id, "table", key, why, at, was)
SELECT id, replaced_by_id, account_id, filer_id, 'examinations_entry', number, why, at,
  (SELECT to_jsonb(r) FROM (SELECT row AS id, {OF_ENTRY}) r) FROM examinations_earlierentry
UNION ALL
SELECT id, replaced_by_id, account_id, filer_id, 'examinations_entryline', number || '/' || line || '/' || ordinal, why, at,
  (SELECT to_jsonb(r) FROM (SELECT row AS id, {OF_LINE}) r) FROM examinations_earlierentryline;
"""

READ = " OR ".join((within("account_id", "managed"), within("account_id", "entries"), within("filer_id", "filed")))
OWN = f"{WORKER} OR source <> 'own' OR {within('account_id', 'own')}"


def keep_private(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE POLICY own_is_private ON {table} AS RESTRICTIVE FOR SELECT TO portal_web USING ({OWN})",
        f"DROP POLICY own_is_private ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_delegations_by_administrators"),
        ("examinations", "0036_sums_that_are_behind"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlierEntry",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("examinations_supersededrow_id_seq"), function="nextval"),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("row", models.BigIntegerField(verbose_name="id of the row that stood")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "filer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="examinations.load",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="examinations.load",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("replaced", "Replaced"),
                            ("withdrawn", "Withdrawn"),
                            ("linked", "Linked to its entry"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("number", models.CharField(max_length=11, verbose_name="entry number")),
                ("identifier_id", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(choices=[("cbp", "CBP"), ("own", "from you")], default="cbp", max_length=3),
                ),
                ("entry_type", models.CharField(max_length=2)),
                ("port", models.CharField(max_length=4)),
                ("entry_date", models.DateField()),
                ("summary_date", models.DateField(null=True)),
                ("mode", models.CharField(blank=True, max_length=2)),
                ("importer_name", models.CharField(blank=True, max_length=200)),
                ("filer_name", models.CharField(blank=True, max_length=200)),
                ("review_team", models.CharField(blank=True, max_length=10)),
                ("bond_number", models.CharField(blank=True, max_length=20)),
                ("lines", models.PositiveIntegerField()),
                ("value", models.DecimalField(decimal_places=2, max_digits=18)),
                ("duty", models.DecimalField(decimal_places=2, max_digits=18)),
                ("mpf", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "hmf",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="harbor fee, empty where unknown"
                    ),
                ),
                ("tax", models.DecimalField(decimal_places=2, max_digits=18)),
                ("other_fees", models.DecimalField(decimal_places=2, max_digits=18)),
                ("fees_estimated", models.BooleanField(default=False)),
                ("liquidation_date", models.DateField(null=True)),
                ("liquidation_status", models.CharField(blank=True, max_length=40)),
                (
                    "liquidated_duty",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="total liquidated duty"
                    ),
                ),
                ("reconciliation_due", models.DateField(null=True)),
                (
                    "extension_status",
                    models.CharField(blank=True, max_length=40, verbose_name="extension or suspension"),
                ),
                ("corrected", models.BooleanField(default=False, verbose_name="post-summary correction filed")),
                ("version_at", models.DateTimeField(verbose_name="as reported at")),
            ],
            options={
                "verbose_name_plural": "earlier entries",
            },
        ),
        migrations.CreateModel(
            name="EarlierEntryLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("examinations_supersededrow_id_seq"), function="nextval"),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("row", models.BigIntegerField(verbose_name="id of the row that stood")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "filer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="examinations.load",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="examinations.load",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("replaced", "Replaced"),
                            ("withdrawn", "Withdrawn"),
                            ("linked", "Linked to its entry"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("number", models.CharField(max_length=11, verbose_name="entry number")),
                ("entry_id", models.BigIntegerField()),
                ("line", models.PositiveSmallIntegerField()),
                ("ordinal", models.PositiveSmallIntegerField(verbose_name="tariff ordinal number")),
                ("stands_for_line", models.BooleanField()),
                ("counts_value", models.BooleanField(default=True)),
                (
                    "source",
                    models.CharField(choices=[("cbp", "CBP"), ("own", "from you")], default="cbp", max_length=3),
                ),
                ("entry_date", models.DateField()),
                ("port", models.CharField(max_length=4)),
                ("mode", models.CharField(blank=True, max_length=2)),
                ("origin", models.CharField(max_length=2)),
                ("export_country", models.CharField(blank=True, max_length=2)),
                ("manufacturer_id", models.CharField(blank=True, max_length=15)),
                ("spi", models.CharField(blank=True, max_length=4)),
                ("hts", models.CharField(max_length=10)),
                ("value", models.DecimalField(decimal_places=2, max_digits=18)),
                ("duty", models.DecimalField(decimal_places=2, max_digits=18)),
                ("mpf", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("hmf", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("tax", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("other_fees", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ("fees_estimated", models.BooleanField(default=False)),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("uom", models.CharField(blank=True, max_length=3)),
                ("adcvd_case", models.CharField(blank=True, max_length=12)),
            ],
        ),
        migrations.AddIndex(
            model_name="earlierentry",
            index=models.Index(fields=["number"], name="earlier_entry_number"),
        ),
        migrations.AddIndex(
            model_name="earlierentry",
            index=models.Index(fields=["account"], name="earlier_entry_of"),
        ),
        migrations.AddIndex(
            model_name="earlierentryline",
            index=models.Index(fields=["number"], name="earlier_entry_line_number"),
        ),
        protect("examinations_earlierentry", READ),
        keep_private("examinations_earlierentry"),
        protect("examinations_earlierentryline", READ),
        keep_private("examinations_earlierentryline"),
        migrations.RunSQL(MOVE, MOVE_BACK),
        migrations.RemoveIndex(
            model_name="supersededrow",
            name="superseded_about",
        ),
        migrations.RemoveIndex(
            model_name="supersededrow",
            name="superseded_entry_of",
        ),
        migrations.RemoveField(
            model_name="supersededrow",
            name="about",
        ),
        migrations.AddIndex(
            model_name="supersededrow",
            index=models.Index(fields=["key", "at"], name="superseded_by_key"),
        ),
    ]
