"""Invented names: pronounceable, and of three or more syllables so that no real company bears one by
chance."""

import numpy as np

FIRST = ("Cor", "Vel", "Bran", "Tor", "Quil", "Mar", "Des", "Fal", "Gren", "Hol", "Jas", "Kel", "Lom",
          "Ner", "Or",
         "Pel", "Ras", "Sol", "Tam", "Ul", "Ver", "Wen", "Yar", "Zan", "Bel", "Dor", "Fen", "Hal", "Mir",
         "Nol")  # fmt: skip
MIDDLE = (
    "van",
    "dri",
    "mo",
    "ke",
    "tal",
    "bu",
    "ni",
    "so",
    "wi",
    "gra",
    "lo",
    "pe",
    "ru",
    "sti",
    "du",
    "fi",
    "ma",
    "zo",
)
LAST = (
    "ter",
    "lin",
    "dex",
    "mar",
    "bor",
    "quist",
    "den",
    "vik",
    "sal",
    "ron",
    "thal",
    "pex",
    "tor",
    "nell",
    "gan",
    "mund",
)
TRADES = ("Imports", "Trading", "Goods", "Supply", "Industries", "Outfitters", "Works", "Distribution",
          "Sourcing",
          "Products", "Merchants", "Company", "Wares", "Materials", "Components")  # fmt: skip
BY_CENTER = {
    "001": ("Health Supply", "Chemicals", "Laboratories"),
    "002": ("Foods", "Produce", "Provisions"),
    "003": ("Auto Parts", "Vehicles", "Aero Components"),
    "004": ("Apparel", "Footwear", "Textiles", "Outfitters"),
    "005": ("Steel", "Metals", "Fasteners"),
    "006": ("Minerals", "Fuels"),
    "007": ("Electronics", "Devices", "Instruments"),
    "008": ("Home Goods", "Furnishings", "Toys"),
    "009": ("Plastics", "Materials", "Packaging"),
    "010": ("Machinery", "Tools", "Equipment"),
}
FACTORY = (
    "Precision Works",
    "Manufacturing",
    "Industrial",
    "Factory",
    "Products",
    "Mills",
    "Technics",
    "Fabrication",
)

GIVEN = ("Robin", "Jordan", "Alex", "Casey", "Morgan", "Riley", "Avery", "Quinn", "Rowan", "Sage", "Taylor",
          "Devon",
         "Emery", "Harper", "Jules", "Kendall", "Lane", "Marlow", "Noel", "Parker", "Reese", "Shea",
         "Tatum", "Wren")  # fmt: skip
FAMILY = ("Castell", "Ellery", "Marwood", "Pellan", "Tresk", "Halloway", "Brindle", "Corvane", "Dunmore",
          "Fairlie",
          "Garnet", "Hestwick", "Inglemere", "Jarrow", "Kestrel", "Lorne", "Merrin", "Norrell", "Osterly",
          "Penrose",
          "Quarles", "Rendell", "Selwick", "Thorne", "Underhay", "Vantner", "Wexley", "Yarrow", "Zellin",
          "Ashby")  # fmt: skip


def company_stems(rng: np.random.Generator, count: int) -> list[str]:
    """`count` different stems such as "Veldrimar", in the order drawn."""
    all_stems = len(FIRST) * len(MIDDLE) * len(LAST)
    stems = []
    for code in rng.choice(all_stems, size=count, replace=False):
        first, rest = divmod(int(code), len(MIDDLE) * len(LAST))
        middle, last = divmod(rest, len(LAST))
        stems.append(FIRST[first] + MIDDLE[middle] + LAST[last])
    return stems


def person_names(rng: np.random.Generator, count: int) -> list[str]:
    """`count` different names of people who do not exist."""
    codes = rng.choice(len(GIVEN) * len(FAMILY), size=count, replace=False)
    return [f"{GIVEN[int(code) // len(FAMILY)]} {FAMILY[int(code) % len(FAMILY)]}" for code in codes]
