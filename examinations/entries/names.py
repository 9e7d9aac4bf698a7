"""What a type of entry is called (CBP Form 7501 instructions; 09, 61, 62, 63 and 86 by common knowledge of the field)."""

TYPES = {
    "01": "Consumption",
    "02": "Consumption, quota or visa",
    "03": "Consumption, AD/CVD",
    "04": "Appraisement",
    "05": "Vessel repair",
    "06": "Consumption from a foreign trade zone",
    "07": "Consumption, quota or visa and AD/CVD",
    "08": "Duty deferral",
    "09": "Reconciliation",
    "11": "Informal",
    "12": "Informal, quota",
    "21": "Warehouse",
    "22": "Re-warehouse",
    "23": "Temporary importation",
    "24": "Trade fair",
    "25": "Permanent exhibition",
    "26": "Foreign trade zone admission",
    "31": "Withdrawal for consumption",
    "32": "Withdrawal, quota or visa",
    "34": "Withdrawal, AD/CVD",
    "38": "Withdrawal, quota or visa and AD/CVD",
    "51": "Government, defense contracts",
    "52": "Government",
    "61": "Immediate transportation",
    "62": "Transportation and exportation",
    "63": "Immediate exportation",
    "86": "Low value, Section 321",
}


def type_name(code: str) -> str:
    """The name of a type, or its code where it is not known."""
    return TYPES.get(code, f"Type {code}")
