from django.db import migrations

#: Code, name, words beneath, whether it is asked from a result alone, whether it asks for imported goods, weight.
CATEGORIES = (
    ("valuation", "Valuation", "Transaction value, assists, royalties, related parties", False, False, 2),
    ("classification", "Classification", "Which HTS number an article takes", False, True, 2),
    ("origin", "Origin and marking", "Where goods are from, and how they are marked", False, False, 2),
    ("preference", "Preference programs", "Whether a lower duty can be claimed, and how it is proved", False, False, 2),
    ("adcvd", "AD/CVD", "Antidumping and countervailing duty: scope, cases, deposits", False, False, 3),
    ("ipr", "Intellectual property", "Trademarks, copyrights, patents", False, False, 2),
    ("hold", "Examination or hold", "Goods that are held, examined or detained", False, False, 1),
    ("bond", "Bond", "Amount, riders, termination", False, False, 1),
    ("controls", "Internal controls", "Procedures, testing, training", False, False, 2),
    ("ace", "ACE", "Reports, accounts and messages of ACE", False, False, 1),
    ("ctpat", "ISA/CTPAT", "Joining, letters, self-testing", False, False, 1),
    ("other", "Other", "", False, False, 1),
    ("result-data", "Result: the data are wrong", "Correction of a result", True, False, 1),
    ("result-disagree", "Result: I do not agree", "Dispute of a result", True, False, 2),
    ("result-unclear", "Result: I do not understand it", "Explanation of a result", True, False, 1),
)
#: Federal working hours: project defaults, which headquarters changes. A day has nine.
TARGETS = ((None, "usual", 27), (None, "soon", 18), (None, "now", 9), ("hold", "usual", 18), ("hold", "now", 4))


def fill(apps, schema_editor):
    category, target = (apps.get_model("inquiries", name) for name in ("Category", "Target"))
    category.objects.bulk_create(
        category(
            code=code,
            name=name,
            explained=explained,
            of_results=result,
            before_import=asks,
            weight=weight,
            place=10 * place,
        )
        for place, (code, name, explained, result, asks, weight) in enumerate(CATEGORIES, 1)
    )
    target.objects.bulk_create(
        target(category_id=code, urgency=urgency, hours=hours) for code, urgency, hours in TARGETS
    )


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0004_row_security_of_inquiries")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
