"""Names of files as people send them, made safe to show and to save under. Pure: text in, text out."""

import re
import unicodedata

LONGEST = 120
LONGEST_ENDING = 10
#: Characters that a file system or a shell reads as something else.
NOT_IN_A_NAME = re.compile(r'[<>:"|?*]')
#: Names that Windows keeps for devices, whatever ending follows.
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(text: str) -> str:
    """The name alone: no folders, no control or direction characters, at most 120 characters with its ending.

    A right-to-left override makes "exe" look like "fdp" turned round: characters that are not seen are taken out.
    Raises ValueError where nothing is left of it.
    """
    text = unicodedata.normalize("NFC", text.replace("\\", "/").rsplit("/", 1)[-1])
    text = "".join(
        " " if one.isspace() else one for one in text if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    text = NOT_IN_A_NAME.sub("_", " ".join(text.split())).strip(". ")
    if not text:
        raise ValueError("The file has no name.")
    if DEVICES.match(text):
        text = f"_{text}"
    return _shortened(text)


def ending_of(name: str) -> str:
    """What follows the last dot, in small letters; nothing where there is none."""
    before, dot, after = name.rpartition(".")
    return after.lower() if dot and before else ""


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    ending = ending_of(name)
    if not ending or len(ending) > LONGEST_ENDING:
        return name[:LONGEST]
    return f"{name[: LONGEST - len(ending) - 1].rstrip('. ')}.{ending}"
