"""Ports, countries and cities of the invented world, with the shares that they have of entries or value."""

#: How goods come in: by land from Mexico, by land from Canada, by sea, by air.
WAYS = ("mexico", "canada", "sea", "air")
MEXICO, CANADA, SEA, AIR = range(4)

#: Share of all entries, in percent, by way and port code.
PORT_SHARES: dict[str, dict[str, float]] = {
    "mexico": {"2304": 9.6, "2402": 3.9, "2506": 3.9, "5301": 1.0, "3901": 1.2, "1704": 0.6},
    "canada": {"3801": 5.9, "3802": 5.9, "0901": 3.9, "3004": 2.3, "3901": 1.0, "0401": 0.4},
    "sea": {
        "2704": 7.4, "2709": 4.7, "4601": 4.7, "1703": 2.6, "5301": 1.5, "1601": 2.2,
        "3001": 0.8, "1401": 0.7, "1303": 0.5, "5201": 0.4,
    },
    "air": {
        "4701": 9.0, "3901": 6.6, "2720": 3.7, "5206": 3.7, "1704": 3.1, "3001": 1.6,
        "2809": 1.6, "0401": 0.8, "1001": 0.6, "5301": 0.9,
    },
}  # fmt: skip
PORTS = tuple(sorted({port for ports in PORT_SHARES.values() for port in ports}))

#: Share of all value by origin overseas, in percent; Mexico has 16 and Canada 12.
ORIGIN_SHARES = {
    "CN": 14.0, "VN": 5.4, "DE": 5.0, "JP": 5.0, "TW": 5.0, "KR": 4.0, "IN": 2.3, "IE": 3.0, "TH": 1.5,
    "IT": 2.0,
    "GB": 2.4, "FR": 1.9, "MY": 2.0, "ID": 1.4, "NL": 1.2, "CH": 1.9, "BE": 0.8, "ES": 1.0, "BR": 1.3,
    "TR": 0.8,
    "PH": 0.6, "BD": 0.8, "KH": 0.7, "PK": 0.5, "PL": 0.6, "SE": 0.7, "AT": 0.6, "SG": 1.0, "IL": 0.6,
    "CO": 0.5,
    "CL": 0.6, "AU": 0.5, "ZA": 0.4, "CR": 0.5,
}  # fmt: skip
ORIGINS = ("MX", "CA", *ORIGIN_SHARES)

#: Origins that a Center's goods come from more than others.
AFFINITY = {
    "001": {"IE": 9, "DE": 4, "CH": 8, "IN": 4, "BE": 4, "SG": 3, "GB": 3},
    "002": {
        "IT": 4,
        "ES": 5,
        "CL": 9,
        "CO": 9,
        "BR": 5,
        "CR": 9,
        "VN": 2,
        "ID": 3,
        "ZA": 5,
        "AU": 4,
        "FR": 3,
    },
    "003": {"JP": 7, "KR": 6, "DE": 5, "GB": 2, "SE": 3, "AT": 3, "TH": 2},
    "004": {"VN": 6, "BD": 16, "KH": 16, "IN": 4, "PK": 14, "CN": 3, "ID": 6, "IT": 2, "TR": 3},
    "005": {"KR": 3, "TW": 3, "IN": 3, "TR": 5, "DE": 2, "BR": 4, "CN": 2, "VN": 2},
    "006": {"CO": 6, "BR": 3, "GB": 2, "NL": 3, "ZA": 3},
    "007": {"TW": 6, "MY": 6, "CN": 3, "VN": 4, "KR": 3, "TH": 3, "PH": 6, "SG": 4, "JP": 2, "IL": 3},
    "008": {"CN": 6, "VN": 5, "ID": 3, "IT": 2, "IN": 2, "TH": 2, "PL": 2},
    "009": {"CN": 2, "DE": 2, "KR": 2, "TW": 2, "IT": 2, "BR": 2, "MY": 2, "IN": 2},
    "010": {"DE": 4, "JP": 4, "IT": 3, "CN": 2, "TW": 2, "AT": 3, "SE": 3, "KR": 2},
}

#: Cities for the last three letters of a manufacturer code.
CITIES = {
    "MX": ("Tijuana", "Monterrey", "Saltillo", "Puebla", "Queretaro", "Leon"),
    "CA": ("Toronto", "Windsor", "Montreal", "Calgary", "Surrey"),
    "CN": ("Shenzhen", "Ningbo", "Suzhou", "Dongguan", "Xiamen", "Qingdao"),
    "VN": ("Haiphong", "Bien Hoa", "Hanoi", "Thu Duc"),
    "DE": ("Stuttgart", "Hamburg", "Mannheim", "Kassel"),
    "JP": ("Nagoya", "Osaka", "Hamamatsu"),
    "TW": ("Taichung", "Hsinchu", "Tainan"),
    "KR": ("Incheon", "Ulsan", "Changwon"),
    "IN": ("Pune", "Tiruppur", "Rajkot", "Chennai"),
    "IE": ("Cork", "Athlone", "Galway"),
    "TH": ("Rayong", "Chonburi"),
    "IT": ("Modena", "Vicenza", "Bergamo"),
}
#: Canadian factories bear their province instead of the country (19 CFR 102 Appendix).
PROVINCES = {"Toronto": "XO", "Windsor": "XO", "Montreal": "XQ", "Calgary": "XA", "Surrey": "XC"}
OTHER_CITIES = ("Alenport", "Brevik", "Castra", "Dolmar", "Esteral")
