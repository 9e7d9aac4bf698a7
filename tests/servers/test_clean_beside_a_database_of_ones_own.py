"""`make clean` removes what is ours alone: the documents of a database that is not are not its to remove."""

import json
from pathlib import Path

import pytest

from servers import external, roles
from tests.servers.machine import Machine

THEIRS = "postgres://someone:secret-word@127.0.0.1:1/theirs"


@pytest.mark.parametrize("told", ["DATABASE_URL", "REDIS_URL", "servers.json"])
def test_it_removes_nothing_and_says_what_it_would(machine: Machine, told: str) -> None:
    paper = machine.home / "files" / "documents" / "paper.pdf"
    paper.parent.mkdir(parents=True)
    paper.write_text("sent by an importer")
    if told == "servers.json":
        (machine.home / told).write_text(json.dumps({"external": {"of": external.mark_of(THEIRS)}}))
    given = {} if told == "servers.json" else {told: THEIRS}
    done = machine.python("-m", "servers", "clean", **given)
    assert done.returncode == 1
    assert paper.read_text() == "sent by an importer"
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Nothing was removed. ")
    assert done.stderr.endswith(f"make stop, then rm -r {machine.home}\n")
    assert "secret-word" not in done.stderr


def test_a_start_remembers_a_database_whose_logins_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(roles, "make_groups", lambda url: None)
    logins = dict.fromkeys(external.WANTED.values(), THEIRS)
    for name, text in (logins | {"DATABASE_URL": THEIRS}).items():
        monkeypatch.setenv(name, text)
    assert external.prepare() == logins
    monkeypatch.delenv("DATABASE_URL")
    assert external.known(tmp_path)
    assert "secret-word" not in (tmp_path / "servers.json").read_text()
