"""What the settings accept, where they come from, and what they say when they cannot be used."""

from pathlib import Path

import pytest

from bot import settings
from bot.settings import Finding, SettingsError, describe, load


def findings(env: dict[str, str], dotenv: Path | None = None) -> dict[str, Finding]:
    return {finding.variable: finding for finding in describe(env, dotenv=dotenv)}


def refusal(**env: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(env)
    return str(caught.value)


def test_everything_has_a_default() -> None:
    found = load({})
    assert found.database_url == "sqlite:///rampcheck.db"
    assert (found.host, found.port, found.local_chat) == ("127.0.0.1", 8000, True)
    assert (found.zone, found.log_level, found.log_format) == ("UTC", "INFO", "text")
    assert found.questionnaires == Path(settings.__file__).parents[2] / "questionnaires"


def test_the_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PORT=9001\nRAMPCHECK_ZONE=Europe/Riga\n")
    monkeypatch.setenv("PORT", "9002")
    assert (load().port, load().zone) == (9002, "Europe/Riga")


def test_a_given_environment_is_the_only_one_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PORT=9001\n")
    monkeypatch.setenv("PORT", "9002")
    assert load({}).port == 8000


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"PORT": "", "RAMPCHECK_ZONE": ""}).port == 8000


def test_settings_do_not_change_once_loaded() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load({}).port = 1


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("postgres://u:p@db/app", "postgresql+psycopg://u:p@db/app"),
        (
            "postgresql://u:p@db:5432/app?sslmode=require",
            "postgresql+psycopg://u:p@db:5432/app?sslmode=require",
        ),
        ("postgresql+psycopg://db/app", "postgresql+psycopg://db/app"),
        ("postgresql://postgres@/app?host=/run/pg", "postgresql+psycopg://postgres@/app?host=/run/pg"),
        ("POSTGRES://u@db/app", "postgresql+psycopg://u@db/app"),
        ("sqlite:///other.db", "sqlite:///other.db"),
        ("sqlite+pysqlite:////tmp/other.db", "sqlite:////tmp/other.db"),
    ],
)
def test_a_database_url_is_put_in_the_form_we_open(given: str, opened: str) -> None:
    assert load({"DATABASE_URL": given}).database_url == opened


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://u:hunter2@db/app", "'mysql' databases are not supported"),
        ("postgresql+asyncpg://u:hunter2@db/app", "'postgresql+asyncpg' databases are not supported"),
        ("hunter2", "not a database URL"),
        ("u:hunter2@db://x", "not a database URL"),
        ("postgres://u:hunter2@db", "names no database"),
        ("postgres://u:hunter2@db/", "names no database"),
        ("postgres://u:hunter2/x@db/app", "Percent-encode"),
        ("postgres://u:1/hunter2@db/app", "Percent-encode"),
        ("postgres://u:1#hunter2@db/app", "Percent-encode"),
        ("postgres://u:1?hunter2@db/app", "Percent-encode"),
        ("postgres://u:p@hunter2@db/app", "Percent-encode"),
        ("postgres://u:hunter2@db/a\npp", "Percent-encode"),
        ("postgres://u:hunter2@[db/app", "Percent-encode"),
        ("sqlite://other.db", "three slashes"),
        ("sqlite:///", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///a.db?mode=hunter2", "no options"),
        ("sqlite:////no/such/folder/a.db", "there is no folder '/no/such/folder'"),
    ],
)
def test_a_database_url_that_cannot_work_is_refused_without_repeating_its_password(
    url: str, why: str
) -> None:
    message = refusal(DATABASE_URL=url)
    assert message.startswith("DATABASE_URL: ")
    assert why in message
    assert "hunter2" not in message
    assert "hunter2" not in str(findings({"DATABASE_URL": url})["DATABASE_URL"])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("postgres://db/app", "postgresql+psycopg://db/app"),
        ("postgres://u@db/app", "postgresql+psycopg://u@db/app"),
        ("postgres://u:hunter2@[::1]:5/app", "postgresql+psycopg://u:***@[::1]:5/app"),
        ("postgres://db/app?user=u&password=hunter2", "postgresql+psycopg://db/app?..."),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert findings({"DATABASE_URL": url})["DATABASE_URL"].shown == shown
    assert "hunter2" not in repr(load({"DATABASE_URL": url}))


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PORT", "abc", "'abc' is not a whole number from 1 to 65535"),
        ("PORT", "0", "'0' is not a whole number from 1 to 65535"),
        ("PORT", "65536", "remove the variable to use 8000"),
        ("PORT", "9" * 100_000, "..."),
        ("RAMPCHECK_HOST", "http://127.0.0.1", "a host name or an IP address, without a port"),
        ("RAMPCHECK_LOCAL_CHAT", "perhaps", "'perhaps' is not on or off"),
        ("RAMPCHECK_ZONE", "Europe/Rigga", "Did you mean Europe/Riga"),
        ("RAMPCHECK_ZONE", "../../etc/passwd", "is not a time zone"),
        ("RAMPCHECK_ZONE", "Europe", "is not a time zone"),
        ("RAMPCHECK_ZONE", "a\x00b", "is not a time zone"),
        ("RAMPCHECK_ORGANISATION", "   ", "a name of 1 to 120 characters"),
        ("RAMPCHECK_ORGANISATION", "x" * 121, "a name of 1 to 120 characters"),
        ("RAMPCHECK_QUESTIONNAIRES", "/no/such/folder", "'/no/such/folder' is not a folder"),
        ("RAMPCHECK_ADMINS", "ana@example.com, Bo", "'Bo' is neither an e-mail address nor an account"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING or ERROR"),
        ("RAMPCHECK_LOG_FORMAT", "xml", "text or json"),
    ],
)
def test_a_wrong_value_is_answered_with_its_variable_and_the_way_out(
    variable: str, value: str, says: str
) -> None:
    message = refusal(**{variable: value})
    assert message.startswith(f"{variable}: ")
    assert says in message
    assert len(message) < 400
    assert message.isprintable()


def test_all_problems_are_told_at_once() -> None:
    message = refusal(PORT="abc", LOG_LEVEL="loud", RAMPCHECK_ZONE="Mars")
    assert sorted(line.partition(":")[0] for line in message.splitlines()) == [
        "LOG_LEVEL",
        "PORT",
        "RAMPCHECK_ZONE",
    ]


def test_a_host_that_is_open_to_the_network_is_told_beside_another_problem() -> None:
    told = refusal(PORT="abc", RAMPCHECK_HOST="0.0.0.0")
    assert [line.partition(":")[0] for line in told.splitlines()] == ["PORT", "RAMPCHECK_HOST"]
    found = findings({"PORT": "abc", "RAMPCHECK_HOST": "0.0.0.0"})
    assert "to the network" in str(found["RAMPCHECK_HOST"].problem)


@pytest.mark.parametrize("level", ["debug", "Debug", "DEBUG"])
def test_case_does_not_matter(level: str) -> None:
    assert load({"LOG_LEVEL": level, "rampcheck_log_format": "JSON"}).log_level == "DEBUG"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_the_local_chat_is_never_opened_to_the_network(host: str) -> None:
    message = refusal(RAMPCHECK_HOST=host)
    assert message.startswith("RAMPCHECK_HOST: ")
    assert "RAMPCHECK_LOCAL_CHAT=off" in message
    assert load({"RAMPCHECK_HOST": host, "RAMPCHECK_LOCAL_CHAT": "off"}).host == host


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_the_local_chat_is_served_on_this_machine(host: str) -> None:
    assert load({"RAMPCHECK_HOST": host}).local_chat


def test_doctor_learns_where_each_value_came_from(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("PORT=9001\nRAMPCHECK_ZONE=Europe/Riga\n")
    found = findings({"PORT": "9002"}, file)
    assert (found["PORT"].origin, found["PORT"].shown) == ("environment", "9002")
    assert (found["RAMPCHECK_ZONE"].origin, found["RAMPCHECK_ZONE"].shown) == (".env", "Europe/Riga")
    assert (found["RAMPCHECK_LOCAL_CHAT"].origin, found["RAMPCHECK_LOCAL_CHAT"].shown) == ("default", "on")


def test_doctor_tells_what_is_wrong_and_goes_on() -> None:
    found = findings({"PORT": "abc", "LOG_LEVEL": "debug"})
    assert found["PORT"].problem == "'abc' is not a whole number from 1 to 65535"
    assert "remove the variable" in str(found["PORT"].fix)
    assert found["LOG_LEVEL"].problem is None
    assert set(settings.FIELDS) <= set(found)


def test_doctor_notices_a_slip_of_the_pen_and_does_not_show_its_value() -> None:
    found = findings({"RAMPCHECK_ZONNE": "hunter2"})["RAMPCHECK_ZONNE"]
    assert (found.problem, found.fix) == ("there is no such setting", "Did you mean RAMPCHECK_ZONE?")
    assert "hunter2" not in str(found)


def test_doctor_notices_that_the_questionnaires_are_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings.reading, "QUESTIONNAIRES", tmp_path / "gone")
    assert findings({})["RAMPCHECK_QUESTIONNAIRES"].problem == "this copy came without its questionnaires"


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"PORT=\xff\xfe\n")
    with pytest.raises(SettingsError, match="Save it as UTF-8 text"):
        load({}, dotenv=file)


def test_a_missing_file_is_no_problem(tmp_path: Path) -> None:
    assert load({}, dotenv=tmp_path / "none.env").port == 8000


def test_every_setting_says_what_it_is_for_and_what_it_takes() -> None:
    assert all(field.title and field.description for field in settings.FIELDS.values())
