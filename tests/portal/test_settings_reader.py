"""The reader of the environment refuses nonsense in one line, and never repeats what may be a password."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portal import environment
from servers.external import mark_of

NAME = "SOME_SETTING"


def refused(capsys: pytest.CaptureFixture[str], read: Callable[[], object]) -> str:
    """What is said when a value is refused: one line, exit code 2."""
    with pytest.raises(environment.Nonsense) as ended:
        read()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Settings: ")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), (" on ", True), ("no", False), ("0", False)])
def test_a_flag_takes_the_usual_words(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv(NAME, text)
    assert environment.flag(NAME, default=not value) is value


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_empty_flag_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch, text: str | None, default: bool) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if text is not None:
        monkeypatch.setenv(NAME, text)
    assert environment.flag(NAME, default=default) is default


@pytest.mark.parametrize("text", ["2", "maybe", "True!", "1 0", "-", "¹"])
def test_a_flag_that_is_neither_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setenv(NAME, text)
    assert f"{NAME} must be true or false, not {text!r}." in refused(capsys, lambda: environment.flag(NAME))


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("100", 100), (" 8 ", 8)])
def test_a_number_within_its_limits_is_taken(monkeypatch: pytest.MonkeyPatch, text: str, value: int) -> None:
    monkeypatch.setenv(NAME, text)
    assert environment.number(NAME, 5, least=3, most=100) == value


@pytest.mark.parametrize("text", ["2", "101", "-5", "--5", "1e2", "3.0", "²", "٣", "0x10", "ten", "-", "9" * 40, "1_0"])
def test_a_number_out_of_its_limits_or_none_at_all_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setenv(NAME, text)
    said = refused(capsys, lambda: environment.number(NAME, 5, least=3, most=100))
    assert f"{NAME} must be a whole number from 3 to 100" in said


def test_words_are_parted_by_commas_and_none_is_empty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(NAME, "portal.example, www.portal.example")
    assert environment.words(NAME, []) == ["portal.example", "www.portal.example"]
    for text in (",", "portal.example,,x", "portal.example,"):
        monkeypatch.setenv(NAME, text)
        assert "empty part" in refused(capsys, lambda: environment.words(NAME, []))


def test_a_word_that_is_not_among_the_choices_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(NAME, "superuser")
    said = refused(capsys, lambda: environment.choice(NAME, "owner", {"owner", "web"}))
    assert "must be one of owner, web" in said


@pytest.mark.parametrize(
    "text",
    [
        "postgres",
        "mysql://root:hunter2@host/db",
        "postgres://",
        "postgres:///db",
        "postgres://user:hunter2@host:port/db",
        "postgres://user:hunter2@host:70000/db",
        "postgres://user:hunter2@host:0/db",
        "postgres://user:hunter2@[::1/db",
        "//host/db",
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setenv(NAME, text)
    said = refused(capsys, lambda: environment.address(NAME, "", {"postgres"}))
    assert f"{NAME} must look like postgres://host:port/" in said
    assert "hunter2" not in said


def test_an_address_without_a_default_must_be_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert f"{NAME} is missing." in refused(capsys, lambda: environment.address(NAME, "", {"postgres"}))


def read_database(monkeypatch: pytest.MonkeyPatch, text: str) -> dict[str, object]:
    monkeypatch.setenv(NAME, text)
    return environment.database(NAME, environment.address(NAME, "", {"postgres", "postgresql"}))


def test_a_database_address_gives_every_part_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_database(monkeypatch, "postgres://us%40er:p%2Fw@db.example:6432/my%20portal?sslmode=verify-full")
    assert (read["USER"], read["PASSWORD"]) == ("us@er", "p/w")
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example", 6432, "my portal")
    assert read["OPTIONS"] == {"connect_timeout": "10", "sslmode": "verify-full"}


@pytest.mark.parametrize(
    "text", ["postgres://a@b/c?ssl_mode=require", "postgres://a@b/c?options=-c%20x", "postgres://a@b/c?x"]
)
def test_what_a_database_address_says_in_vain_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert "which no connection takes" in refused(capsys, lambda: read_database(monkeypatch, text))


@pytest.mark.parametrize("text", ["postgres://a@b", "postgres://a@b/"])
def test_a_database_without_a_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert "names no database" in refused(capsys, lambda: read_database(monkeypatch, text))


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("redis://h:1", ("redis://h:1/0", "redis://h:1/1")),
        ("redis://h:1/", ("redis://h:1/0", "redis://h:1/1")),
        ("redis://:p@h:1/4", ("redis://:p@h:1/4", "redis://:p@h:1/5")),
        (
            "rediss://h/0?ssl_cert_reqs=required",
            ("rediss://h/0?ssl_cert_reqs=required", "rediss://h/1?ssl_cert_reqs=required"),
        ),
    ],
)
def test_broker_and_cache_never_share_a_database(
    monkeypatch: pytest.MonkeyPatch, text: str, both: tuple[str, str]
) -> None:
    monkeypatch.setenv(NAME, text)
    assert environment.broker(NAME, environment.address(NAME, "", {"redis", "rediss"})) == both


def test_a_broker_whose_database_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(NAME, "redis://host/main")
    parts = environment.address(NAME, "", {"redis"})
    assert "number of a database" in refused(capsys, lambda: environment.broker(NAME, parts))


@pytest.mark.parametrize(
    "text", ["secret", "a" * 60, "abcabcabc" * 8, "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK"]
)
def test_a_key_that_is_easy_to_guess_signs_nothing_that_lasts(capsys: pytest.CaptureFixture[str], text: str) -> None:
    said = refused(capsys, lambda: environment.signing_key(text, lasting=True))
    assert "too easy to guess" in said
    assert text not in said
    assert environment.signing_key(text, lasting=False) == text


def test_the_written_addresses_are_those_of_servers_json_and_none_where_it_is_broken(tmp_path: Path) -> None:
    assert environment.embedded(tmp_path) == {}
    for broken in ("", "{", "[]", "{}"):
        (tmp_path / "servers.json").write_text(broken)
        assert environment.embedded(tmp_path) == {}
    (tmp_path / "servers.json").write_text(json.dumps({"urls": {"REDIS_URL": "redis://h:1"}}))
    assert environment.embedded(tmp_path) == {"REDIS_URL": "redis://h:1"}


def test_logins_made_for_one_database_are_not_used_for_another(tmp_path: Path) -> None:
    made = {"of": mark_of("postgres://a@b/c"), "DATABASE_WEB_URL": "postgres://web@b/c"}
    (tmp_path / "servers.json").write_text(json.dumps({"external": made}))
    assert environment.made_for(tmp_path, "postgres://a@b/c") == {"DATABASE_WEB_URL": "postgres://web@b/c"}
    assert environment.made_for(tmp_path, "postgres://a@b/other") == {}


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("tcp://clamd.example:3310", "clamd.example", ""),
        ("unix:///run/clamav/clamd.ctl", None, "/run/clamav/clamd.ctl"),
    ],
)
def test_a_scanner_has_an_address(monkeypatch: pytest.MonkeyPatch, text: str, host: str | None, path: str) -> None:
    monkeypatch.setenv(NAME, text)
    found = environment.scanner(NAME)
    assert found is not None
    assert (found.hostname, found.path) == (host, path)


def test_no_scanner_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " ")
    assert environment.scanner(NAME) is None


@pytest.mark.parametrize(
    "text", ["clamd", "http://x:1", "tcp://", "unix:clamd.ctl", "unix://host/clamd.ctl", "tcp://x:0"]
)
def test_a_scanner_that_is_nowhere_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setenv(NAME, text)
    assert "must look like" in refused(capsys, lambda: environment.scanner(NAME))


def test_files_lie_on_disk_unless_an_object_store_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert environment.storage(NAME) == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    monkeypatch.setattr(environment, "find_spec", lambda name: object())
    monkeypatch.setenv(NAME, "s3://papers/portal/one?endpoint=http://127.0.0.1:9000&region=us-east-1")
    named = environment.storage(NAME)
    assert named["BACKEND"] == "storages.backends.s3.S3Storage"
    options = named["OPTIONS"]
    assert (options["bucket_name"], options["location"], options["region_name"]) == (
        "papers",
        "portal/one",
        "us-east-1",
    )
    assert options["endpoint_url"] == "http://127.0.0.1:9000"
    assert options["default_acl"] is None
    assert not options["file_overwrite"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://papers", "must look like s3://"),
        ("s3:///portal", "must look like s3://"),
        ("s3://papers?acl=public-read", "'acl'"),
        ("s3://papers", "requirements-s3.txt"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    monkeypatch.setenv(NAME, text)
    assert said in refused(capsys, lambda: environment.storage(NAME))
