"""Numbers that prove themselves: entry numbers (19 CFR 142.3a) and containers (ISO 6346), many at a time."""

import numpy as np

# Letters to digits for the entry check digit: A-I and J-R are 1-9, S-Z are 2-9.
LETTERS = {letter: (i % 9) + 1 for i, letter in enumerate("ABCDEFGHIJKLMNOPQR")} | {
    letter: i + 2 for i, letter in enumerate("STUVWXYZ")
}


def filer_digits(filer_code: str) -> list[int]:
    """The three digits that a filer code counts as."""
    return [int(c) if c.isdigit() else LETTERS[c] for c in filer_code]


def entry_check_digits(filer: np.ndarray, serial: np.ndarray) -> np.ndarray:
    """Check digits of entries. filer: (n, 3) digits of the filer code; serial: (n,) whole numbers below ten
    million."""
    digits = [filer[:, 0], filer[:, 1], filer[:, 2]]
    digits += [serial // 10**power % 10 for power in range(6, -1, -1)]
    total = np.zeros(len(serial), dtype=np.int64)
    for place, digit in enumerate(digits, start=1):
        if place % 2:
            total += digit
        else:
            doubled = digit * 2
            total += np.where(doubled > 9, doubled + 1, doubled) % 10
    return (10 - total % 10) % 10


def container_numbers(serial: np.ndarray, owner: str = "ZZXU") -> list[str]:
    """Container numbers of an owner prefix that nobody has. serial: whole numbers below a million."""
    values, value = {}, 10
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        value += value % 11 == 0
        values[letter] = value
        value += 1
    total = np.full(len(serial), sum(values[c] << i for i, c in enumerate(owner)))
    for place in range(6):
        total = total + (serial // 10 ** (5 - place) % 10) * 2 ** (4 + place)
    check = total % 11 % 10
    return [f"{owner}{s:06d}{c}" for s, c in zip(serial.tolist(), check.tolist(), strict=True)]
