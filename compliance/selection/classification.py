"""The Center to which goods belong, by their chapter, for an importer that has none yet: the project's default.

19 CFR 101.10: one Center an importer, by its predominant classification. The table is domain 5's: common knowledge of
the field, no published list. A new database begins with it; headquarters changes it by dates (`ChapterCenter`, in the
administration).
"""

import datetime

_RANGES = (
    *((1, 24, "002"), (25, 27, "006"), (28, 38, "001"), (39, 40, "009"), (41, 43, "008"), (44, 49, "009")),
    *((50, 67, "004"), (68, 71, "009"), (72, 83, "005"), (84, 84, "010"), (85, 85, "007"), (86, 89, "003")),
    *((90, 90, "007"), (91, 93, "010"), (94, 96, "008")),
)
#: Of the defaults: before anything that the portal knows.
SINCE = datetime.date(1990, 1, 1)
#: Chapter, two digits, to the code of a Center.
CENTER_OF = {f"{chapter:02}": code for first, last, code in _RANGES for chapter in range(first, last + 1)}
