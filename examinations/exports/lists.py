"""Every list of this room that can be taken away: importing them has each register itself, in web and worker alike."""

from examinations.exports import (
    check,
    closing,
    entries,
    entry_lines,
    examinations,
    figures_by,
    figures_change,
    requests,
)

__all__ = ["check", "closing", "entries", "entry_lines", "examinations", "figures_by", "figures_change", "requests"]
