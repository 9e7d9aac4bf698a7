"""What ends is started again a few times in a row; one that lived for long in between is counted anew."""

import pytest

from servers import children
from servers.children import RESTARTS, STEADY, Restarts


def test_a_fourth_end_in_a_row_is_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: clock[0])
    counted = Restarts()
    for _ in range(RESTARTS):
        clock[0] += STEADY - 1
        assert counted.again()
    clock[0] += STEADY - 1
    assert not counted.again()


def test_what_lived_for_ten_minutes_is_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: clock[0])
    counted = Restarts()
    for _ in range(2 * RESTARTS):
        clock[0] += STEADY + 1
        assert counted.again()
        assert counted.count == 1
