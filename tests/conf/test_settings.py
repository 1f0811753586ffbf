"""Settings: mistakes are told, secrets are kept, headers protect, logs are discreet."""

import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from peygir.conf import checks, options
from peygir.conf.logs import DiscreetFormatter
from peygir.conf.settings import _city_time_zone, _database, _secret_key


class TestDatabaseUrl:
    def test_every_part_is_read(self) -> None:
        entry = _database("postgresql://me:p%40ss@db.example.org:5433/city%20one?sslmode=require")
        assert entry["USER"] == "me"
        assert entry["PASSWORD"] == "p@ss"
        assert (entry["HOST"], entry["PORT"]) == ("db.example.org", "5433")
        assert entry["NAME"] == "city one"
        assert entry["OPTIONS"]["sslmode"] == "require"

    def test_a_socket_folder_may_be_the_host(self) -> None:
        assert _database("postgresql:///x?host=/run/pg")["HOST"] == "/run/pg"

    def test_without_one_the_embedded_server_serves(self) -> None:
        assert _database("")["ENGINE"] == "peygir.conf.engine"

    def test_the_role_is_taken_with_the_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PEYGIR_DB_APP_ROLE", "peygir_app")
        assert _database("")["OPTIONS"]["options"] == "-c role=peygir_app"
        both = _database("postgresql:///x?options=-c%20work_mem=8MB")["OPTIONS"]["options"]
        assert both == "-c work_mem=8MB -c role=peygir_app"

    def test_a_pool_replaces_lasting_connections(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PEYGIR_DB_POOL", "6")
        entry = _database("")
        assert entry["CONN_MAX_AGE"] == 0
        assert entry["OPTIONS"]["pool"]["max_size"] == 6


class TestSecretKey:
    def test_it_is_made_once_and_only_the_owner_can_read_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PEYGIR_SECRET_KEY", raising=False)
        first = _secret_key(tmp_path / "data")
        assert len(first) > 50
        assert _secret_key(tmp_path / "data") == first
        assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


class TestOptions:
    def test_names_are_unique_and_explained(self) -> None:
        names = [option.name for option in options.OPTIONS]
        assert len(names) == len(set(names))
        assert all(
            option.meaning.strip().endswith((".", "slash at the end."))
            for option in options.OPTIONS
        )

    def test_an_unlisted_name_is_a_mistake_of_ours(self) -> None:
        with pytest.raises(KeyError):
            options.read("PEYGIR_NO_SUCH")

    def test_a_number_that_is_none_falls_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PEYGIR_DB_POOL", "many")
        assert options.read_int("PEYGIR_DB_POOL") == 0

    @pytest.mark.parametrize(
        ("word", "means"), [("1", True), ("Yes", True), ("0", False), ("", False)]
    )
    def test_a_flag(self, monkeypatch: pytest.MonkeyPatch, word: str, means: bool) -> None:
        monkeypatch.setenv("PEYGIR_DEBUG", word)
        assert options.read_flag("PEYGIR_DEBUG") is means


class TestChecks:
    def test_a_misspelt_setting_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PEYGIR_CTIY", "x")
        found = checks.environment_is_known()
        assert any("PEYGIR_CTIY" in str(message.msg) for message in found)

    def test_an_unknown_city_is_told(self, tmp_path: Path) -> None:
        with override_settings(PEYGIR_CITY="atlantis", PEYGIR_CITY_DIR=tmp_path):
            assert [message.id for message in checks.city_exists()] == ["peygir.E001"]

    @pytest.mark.parametrize("address", ["localhost:13013", "ftp://x", "http://"])
    def test_half_an_address_is_told(self, address: str) -> None:
        with override_settings(PEYGIR_SMS_URL=address, PEYGIR_SMS_SECRET="s"):
            assert [message.id for message in checks.addresses_are_complete()] == ["peygir.E002"]

    def test_sms_without_a_secret_is_told(self) -> None:
        with override_settings(PEYGIR_SMS_URL="http://localhost:13013/", PEYGIR_SMS_SECRET=""):
            assert [message.id for message in checks.addresses_are_complete()] == ["peygir.W002"]

    @pytest.mark.django_db
    def test_our_own_database_fits(self) -> None:
        assert checks.database_fits(databases=["default"]) == []

    def test_a_missing_city_file_gives_a_time_zone_all_the_same(self, tmp_path: Path) -> None:
        assert _city_time_zone(tmp_path) == "Asia/Tehran"
        (tmp_path / "city.toml").write_text('timezone = "UTC"\n')
        assert _city_time_zone(tmp_path) == "UTC"
        (tmp_path / "city.toml").write_text("not toml")
        assert _city_time_zone(tmp_path) == "Asia/Tehran"


class TestHealth:
    @pytest.mark.django_db
    def test_it_is_200_while_the_database_answers(self, client: Client) -> None:
        answer = client.get("/healthz")
        assert answer.status_code == 200
        assert answer.json() == {"database": "up"}

    def test_it_is_503_when_the_database_is_down(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any) -> None:
            raise DatabaseError("secret words of the driver")

        monkeypatch.setattr(connection, "cursor", broken)
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert b"secret" not in answer.content

    @pytest.mark.django_db
    def test_every_answer_carries_the_protective_headers(self, client: Client) -> None:
        headers = client.get("/healthz").headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=(self)" in headers["Permissions-Policy"]


class TestLogs:
    def record(self) -> logging.LogRecord:
        try:
            try:
                raise ValueError("Key (phone)=(+989120000000) already exists")
            except ValueError as error:
                raise DatabaseError("Key (phone)=(+989120000000)") from error
        except DatabaseError:
            return logging.LogRecord("x", logging.ERROR, "f", 1, "Failed", None, sys.exc_info())

    def test_the_text_of_an_error_is_withheld(self) -> None:
        line = DiscreetFormatter().format(self.record())
        assert "DatabaseError" in line
        assert "test_settings.py" in line
        assert "98912" not in line.replace('("Key (phone)=(+989120000000)', "")

    def test_while_debugging_it_is_shown(self) -> None:
        with override_settings(DEBUG=True):
            assert "98912" in DiscreetFormatter().format(self.record())
