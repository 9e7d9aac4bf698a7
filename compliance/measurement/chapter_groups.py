"""Groups of tariff chapters, by which a plan may divide its lines: written as text, checked, looked up. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LAST_CHAPTER = 99
#: Each group has a stratum for each band of value, and each of these its floor of lines.
MOST_GROUPS, MOST_LETTERS = 30, 80
#: A download guards a cell that begins so, and the file of rates would come back with another name.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
HOW = "Write the group’s name, a colon, and its chapters, such as “Textiles, apparel, footwear: 50-67”."


@dataclass(frozen=True)
class Group:
    """A group's name, and its chapters as numbers from 1 to 99."""

    name: str
    chapters: tuple[int, ...]


def parsed(text: str) -> list[Group]:
    """The groups that a text names, one a line. Raises ValueError, in a sentence that says what to do."""
    groups = [_group(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    refuse_what_divides_badly(groups)
    return groups


def _group(line: str, number: int) -> Group:
    name, colon, chapters = (part.strip() for part in line.rpartition(":"))
    if not (name and colon and chapters):
        raise ValueError(f"Line {number} is no group. {HOW}")
    found = [one for part in chapters.split(",") for one in _range(part.strip(), number)]
    return Group(name, tuple(sorted(found)))


def _range(text: str, number: int) -> range:
    first, dash, last = (part.strip() for part in text.replace("–", "-").partition("-"))
    ends = [first, last] if dash else [first]
    if not all(end.isascii() and end.isdigit() and len(end) <= 2 and int(end) for end in ends):
        raise ValueError(f"Line {number}: “{text[:20]}” is no chapter. Write 01 to 99, or a range such as 50-67.")
    if int(ends[-1]) < int(ends[0]):
        raise ValueError(f"Line {number}: {text} runs backwards. Write {last}-{first}.")
    return range(int(ends[0]), int(ends[-1]) + 1)


def refuse_what_divides_badly(groups: Sequence[Group]) -> None:
    """Raise ValueError unless each chapter from 01 to 99 stands in exactly one group, and each group has its own name."""
    if not groups:
        raise ValueError(f"There is no group. {HOW}")
    if len(groups) > MOST_GROUPS:
        raise ValueError(f"{len(groups)} groups are too many: join some, until {MOST_GROUPS} or fewer are left.")
    of: dict[int, str] = {}
    names: set[str] = set()
    for group in groups:
        if group.name in names:
            raise ValueError(f"Two groups are called “{group.name}”: give one of them another name.")
        if len(group.name) > MOST_LETTERS:
            raise ValueError(f"“{group.name[:20]}…” is too long a name: use {MOST_LETTERS} letters or fewer.")
        if group.name.startswith(FORMULA):
            raise ValueError(
                f"A spreadsheet takes “{group.name}” for a formula: begin the name with something else than “{group.name[0]}”."
            )
        names.add(group.name)
        for chapter in group.chapters:
            if chapter in of:
                where = (
                    f"in “{of[chapter]}” and in “{group.name}”" if of[chapter] != group.name else "twice in its group"
                )
                raise ValueError(f"Chapter {chapter:02} stands {where}: leave it in one place.")
            of[chapter] = group.name
    missing = [chapter for chapter in range(1, LAST_CHAPTER + 1) if chapter not in of]
    if missing:
        many = f"Chapter {missing[0]:02} stands" if len(missing) == 1 else f"Chapters {as_text(missing)} stand"
        raise ValueError(f"{many} in no group: add {'it' if len(missing) == 1 else 'them'} to one.")


def as_text(chapters: Iterable[int]) -> str:
    """Chapters with runs joined: 01-24, 77."""
    runs: list[list[int]] = []
    for chapter in sorted(chapters):
        if runs and chapter == runs[-1][-1] + 1:
            runs[-1].append(chapter)
        else:
            runs.append([chapter])
    return ", ".join(f"{run[0]:02}-{run[-1]:02}" if len(run) > 1 else f"{run[0]:02}" for run in runs)


def places(groups: Sequence[Group]) -> list[int]:
    """Of each chapter from 01 to 99, in order, the place of its group."""
    of = {chapter: place for place, group in enumerate(groups) for chapter in group.chapters}
    return [of[chapter] for chapter in range(1, LAST_CHAPTER + 1)]
