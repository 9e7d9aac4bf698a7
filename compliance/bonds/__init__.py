"""Is a bond enough? Bonds with all the numbers they cover, and the published formula."""

from compliance.bonds.sufficiency import required_amount

__all__ = ["required_amount"]
