"""What is served is collected anew where anything that it is made from has changed, and only there."""

from pathlib import Path

import pytest

from servers import assets


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with what is collected, and a home into which it was."""
    monkeypatch.setattr(assets, "CHECKOUT", tmp_path)
    monkeypatch.setattr(assets, "STAMP", tmp_path / "assets" / "stamp")
    monkeypatch.setattr(assets, "OURS", tmp_path / "static")
    for name in (
        ".venv/run.stamp",
        "assets/stamp",
        "portal/settings.py",
        "portal/apps.py",
        "static/look/look.css",
        "home/static/staticfiles.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    assets.note_collected(tmp_path / "home")
    return tmp_path


def test_what_was_collected_is_not_collected_again(sources: Path) -> None:
    assert assets.collected(sources / "home")


@pytest.mark.parametrize(
    "changed",
    [
        ".venv/run.stamp",
        "assets/stamp",
        "portal/settings.py",
        "portal/apps.py",
        "static/look/look.css",
        "static/new.js",
    ],
)
def test_other_packages_other_assets_and_other_settings_are(sources: Path, changed: str) -> None:
    (sources / changed).write_text("as it is")
    assert not assets.collected(sources / "home")


@pytest.mark.parametrize("lost", ["static.stamp", "static/staticfiles.json"])
def test_so_is_what_an_earlier_start_did_not_finish(sources: Path, lost: str) -> None:
    (sources / "home" / lost).unlink()
    assert not assets.collected(sources / "home")
