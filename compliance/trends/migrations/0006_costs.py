from django.db import migrations, models

from accounts.row_security import within

TRENDS, COST = within("account_id", "trends"), within("account_id", "cost")
#: What examinations cost is open to fewer than trends are.
TREND = f"(SELECT reach_all()) OR ({TRENDS} AND (measure <> 'cost' OR {COST}))"
#: A step is as open as its trend, whose own policy is asked.
STEP = (
    f"(SELECT reach_all()) OR ({TRENDS} AND EXISTS (SELECT FROM trends_trend t WHERE t.id = trends_trendstep.trend_id))"
)


def reads(table: str, read: str) -> str:
    return f"ALTER POLICY web_reads ON {table} USING ({read})"


class Migration(migrations.Migration):
    dependencies = [("trends", "0005_shadows")]

    operations = [
        migrations.AddField(
            model_name="trend",
            name="cost",
            field=models.DecimalField(
                db_default=0,
                decimal_places=2,
                default=0,
                max_digits=18,
                verbose_name="of costly examinations, what they cost",
            ),
        ),
        migrations.AddField(
            model_name="trend",
            name="limits",
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
        migrations.RunSQL(reads("trends_trend", TREND), reads("trends_trend", f"(SELECT reach_all()) OR {TRENDS}")),
        migrations.RunSQL(
            reads("trends_trendstep", STEP), reads("trends_trendstep", f"(SELECT reach_all()) OR {TRENDS}")
        ),
    ]
