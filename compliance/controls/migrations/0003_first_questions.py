import datetime

from django.db import migrations

#: The set that a new database begins with: this project's own words, on what domain.md names as typical weaknesses.
#: component, code, weight, question, what shows it, what to do where it is weak.
QUESTIONS = [
    ("environment", "policy", 4,
     "Has management signed a policy that says who answers for customs compliance?",
     "The signed policy, with its date, and how staff learn of it.",
     "Have management sign a customs policy that names one person who answers for it."),
    ("environment", "staff", 3,
     "Do the people who answer for imports have the time and the standing to stop a shipment?",
     "An organization chart, a job description, an example of a shipment that was stopped.",
     "Give one person the written right to stop an entry until its facts are known."),
    ("environment", "training", 3,
     "Are the people who buy, receive and pay for imported goods trained in what they must tell the import staff?",
     "Dates, subjects and names of trainings of the last twelve months.",
     "Train purchasing, receiving and accounts payable once a year, and keep who attended."),
    ("environment", "conduct", 2,
     "Can anybody report a customs error inside the company without harm to themselves?",
     "How errors are reported, and what happened to the last ones.",
     "Name a way to report errors, and answer each report in writing."),
    ("risk", "review", 4,
     "Once a year, does somebody ask where your imports are most likely to go wrong, and write down the answer?",
     "The last such review with its date, by product, supplier and country.",
     "Rank products, suppliers and countries by value and likelihood of error, once a year."),
    ("risk", "newness", 4,
     "Is each new product, supplier or country of origin looked at before its first entry?",
     "The form or step that stops a first order, and two filled examples.",
     "Add a step before a first order that asks for class, origin and value."),
    ("risk", "changes", 3,
     "Does somebody follow changes of tariffs and rules, and say which of your products they touch?",
     "A list of changes of the last year with who did what about them.",
     "Name who reads notices of change, and keep a list of what each touched."),
    ("risk", "special", 3,
     "Do you know which products fall under antidumping or countervailing orders, quotas or other agencies’ rules?",
     "The list of such products, and when it was last compared with the orders in force.",
     "List products under orders and other agencies’ rules, and compare it each quarter."),
    ("activities", "classify", 5,
     "Is the HTS number of each product decided by somebody qualified, with the reason kept?",
     "The parts list with HTS numbers, reasons and dates of last review.",
     "Review the HTS numbers of the products with the most duty, and keep the reason for each."),
    ("activities", "value", 5,
     "Is the declared value compared with what was paid, with assists, royalties and commissions added?",
     "A reconciliation of payments with entries; a list of assists.",
     "Compare payments with declared values each quarter, and ask engineering for assists."),
    ("activities", "origin", 4,
     "Is origin, and each claim to a lower duty, supported by papers before it is declared?",
     "Certificates and production records for two claims of this year.",
     "Claim a preference only once its papers are in the file; sample ten claims."),
    ("activities", "broker", 4,
     "Do you tell your broker in writing how to file, and check what it filed?",
     "Instructions to the broker; the last check of its entries with what it found.",
     "Send written instructions to each broker, and check a sample of its entries each month."),
    ("activities", "records", 3,
     "Can the records of an entry be found within two days, for five years?",
     "Where records are, and the entries last pulled as a test.",
     "Pull five old entries as a test, and mend what could not be found."),
    ("information", "inside", 4,
     "Do purchasing, engineering and accounts payable tell import staff of changes that matter for customs?",
     "The rule that says what is told, and the last three things told.",
     "Agree in writing what each department tells import staff, and when."),
    ("information", "trail", 4,
     "Can an entry be followed from the purchase order to the payment, and back?",
     "One entry with its order, invoice, packing list, receipt and payment.",
     "Put the entry number on the payment, or the order number on the entry."),
    ("information", "answers", 3,
     "Is there one place where CBP’s questions arrive, with who answers by when?",
     "The list of CBP’s requests of the last year with dates of arrival and answer.",
     "Name who opens CBP’s requests, and keep a list with last days."),
    ("information", "procedures", 3,
     "Are procedures written so that a newcomer could follow them, and where people work?",
     "The procedures, with version and date.",
     "Have a newcomer follow the procedure for one entry, and mend where they stop."),
    ("monitoring", "testing", 5,
     "Do you test a sample of your own entries regularly, chosen by lot or by risk, and keep the results?",
     "The last test: how the sample was drawn, what was found, what was done.",
     "Test thirty lines each quarter, drawn by lot within your riskiest products."),
    ("monitoring", "mending", 4,
     "When an error is found, are its cause and like errors looked for, and corrected or disclosed?",
     "The last error, its cause, the other entries that were looked at, the corrections filed.",
     "For each error write down its cause, and look through entries of the same kind."),
    ("monitoring", "stranger", 3,
     "Does somebody outside the import department look at its work, and does management read what they find?",
     "The last such report, and what management decided.",
     "Have internal audit or a stranger look at the import process once in two years."),
]  # fmt: skip


def add(apps, schema_editor):
    questions = apps.get_model("controls", "Question")
    first = datetime.date(2026, 1, 1)
    made = apps.get_model("controls", "QuestionSet").objects.create(number=1, drafted_on=first, in_force_on=first)
    questions.objects.bulk_create(
        questions(
            question_set=made, position=place, component=component, code=code, weight=weight, text=text,
            evidence=evidence, action=action,
        )
        for place, (component, code, weight, text, evidence, action) in enumerate(QUESTIONS, 1)
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("controls", "0002_row_security")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
