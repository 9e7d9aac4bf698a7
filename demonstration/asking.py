"""What accounts of the invented world ask, and what is answered. Invented; authorities are real sections of 19 CFR."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One question with its answer and what that rests on."""

    category: str
    subject: str
    question: str
    answer: str
    authority_kind: str = ""
    authority: str = ""
    why_no_authority: str = ""
    heading: str = ""


TOPICS = (
    Topic(
        "valuation", "Do tools that we lend to our supplier count?",
        "We own the molds that our supplier uses for our housings and lend them free of charge. Do they belong to the value "
        "that we declare, and if so, how do we spread them over the pieces?",
        "Yes. Molds that you supply free of charge are an assist, and their value is added to the price paid. You may put all "
        "of it on the first shipment, or spread it over the pieces that the mold is made for; say which, and keep the "
        "calculation with your records. A mold that you have written off in your books still counts, at its reduced value.",
        "cfr", "152.103(d)",
    ),
    Topic(
        "classification", "Heading of a gear motor",
        "We import a 90 W DC motor with a planetary gear fitted to the shaft. Our broker files 8501.31; a supplier says "
        "8483.40. Which is right?",
        "A motor with a gear box in one housing is classified as a motor, heading 8501, by the output of the motor. Look at "
        "the entries on which the gear box stands alone: sold apart, it is of heading 8483.",
        "cfr", "152.11", heading="8501",
    ),
    Topic(
        "origin", "How must a set of three countries be marked?",
        "Our set has a bag from one country and two tools from two others. Does the box alone suffice?",
        "Each article must be marked so that the last buyer in the United States can tell where it is from. The box may carry "
        "all three, if the set is sold in it and the buyer sees the marking before opening it.",
        "cfr", "134.41(b)",
    ),
    Topic(
        "preference", "Certificate of origin that names an old address",
        "Our producer moved in March. The certificate still has the old address. Can we go on claiming?",
        "A certificate must identify the producer. Ask for one with the new address, and keep the old one for the shipments "
        "of its time. Until you have it, do not claim for shipments of the new plant; you can claim later, within one year "
        "after importation.",
        "cfr", "182.12",
    ),
    Topic(
        "adcvd", "Is our article in the scope of the order?",
        "We buy steel shelving units that are shipped as parts. The order speaks of boltless units. How do we find out?",
        "Whether an article is in scope is decided by Commerce, not by CBP. Ask Commerce for a scope ruling. Until it is "
        "decided, file as type 03 and deposit if the words of the order cover your article.",
        "cfr", "141.61(c)",
    ),
    Topic(
        "hold", "Which papers does our container still need?",
        "The container has been held since last week. Our broker says that all papers were sent. What is missing?",
        "The packing list does not name the cartons of the second purchase order. Send one that does; everything else is "
        "here. The examination itself is done.",
        "cfr", "151.16",
    ),
    Topic(
        "bond", "When do we need a larger bond?",
        "Our duties have grown since spring. How do we see in time that the bond is too small?",
        "By the published formula the bond is a tenth of duties, taxes and fees of twelve months, rounded up. Your first page "
        "shows how much of it is used. Plan four weeks: your surety must underwrite the new amount before the old bond ends.",
        "cfr", "113.13",
    ),
    Topic(
        "controls", "How many entries should we test ourselves?",
        "We want to test our own entries each quarter. How many are enough, and how do we draw them?",
        "Draw them by lot from all lines, not by feeling. With thirty lines you see errors that concern one line in ten; with "
        "three hundred those of one in a hundred. Write down how you drew, what you found, and what you changed.",
        "cfr", "163.4",
    ),
    Topic(
        "ace", "A report shows fewer lines than our broker filed",
        "Our ES-003 of last month has 212 lines, the broker says 230. Which is right?",
        "Both: eighteen lines are of entries that were filed in the month and released in the next. The report counts by "
        "entry date. Run it for both months and the lines agree.",
        why_no_authority="It tells how two reports count; no rule decides it.",
    ),
    Topic(
        "ctpat", "When is our annual letter due?",
        "We joined last autumn. When must the first letter be with you?",
        "Thirteen months after you were accepted, and each year after. The page Programs counts the days, and reminds you.",
        why_no_authority="The day follows from your agreement with CBP, not from a regulation.",
    ),
    Topic(
        "ipr", "Can we import spare parts that carry a brand?",
        "We repair machines of a well-known brand and import spare parts with its mark. Do we need its consent?",
        "Genuine parts may be imported unless the owner of the mark has recorded gray-market protection. Look into the "
        "recordation search for the mark; where it is protected, have its written consent at hand.",
        "cfr", "133.23",
    ),
    Topic(
        "other", "Who may sign a power of attorney for us?",
        "Our managing director is leaving. Is the power of attorney of our broker still good?",
        "A power of attorney of a corporation stays in force until it is revoked; of a partnership it ends after two years. "
        "It need not be renewed because an officer leaves, if that officer was entitled to sign.",
        "cfr", "141.34",
    ),
)  # fmt: skip

#: Templates of answers: name, category (none: for all), text with placeholders.
TEMPLATES = {
    "Classification, with figures": (
        "classification",
        "Dear {asker},\n\nGoods of heading {heading}: over the last twelve whole months {account} imported "
        "{heading_value_12_months} of them and paid {heading_duty_12_months} of duty.\n\n\n\nIf you want certainty for goods "
        "that are not imported yet, ask for a binding ruling.\n\n{manager}",
    ),
    "Bond, with figures": (
        "bond",
        "Dear {asker},\n\nThe bond of {account} is {bond_amount}. Over the last twelve whole months you paid "
        "{duty_12_months} of duty on goods worth {value_12_months}.\n\n\n\n{manager}",
    ),
    "Thank you, I am looking into it": (
        "",
        "Dear {asker},\n\nThank you for your question, “{subject}”. I am looking into it and will write to you here by the day "
        "that is promised.\n\n{manager}",
    ),
}
