"""Every environment variable that the system reads, with its default and its meaning.

The documentation is tested against `OPTIONS`; nothing else in the code reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Option:
    """One environment variable. `secret` values are never printed."""

    name: str
    default: str = ""
    meaning: str
    secret: bool = False


def _default_city() -> str:
    """The city that `cities/default` names; "" where there is no such file."""
    file = Path(__file__).resolve().parents[2] / "cities" / "default"
    return file.read_text("utf-8").strip() if file.is_file() else ""


OPTIONS = (
    Option(
        name="PEYGIR_CITY",
        default=_default_city(),
        meaning="The folder under cities/ that is served; `cities/default` names the default.",
    ),
    Option(
        name="PEYGIR_DATA_DIR",
        default=".data",
        meaning="Where the database, photos and secret key live; relative to the checkout.",
    ),
    Option(
        name="PEYGIR_BASE_URL",
        default="http://localhost:8000",
        meaning="The address that citizens see, used in messages; no slash at the end.",
    ),
    Option(
        name="PEYGIR_ALLOWED_HOSTS",
        default="localhost,127.0.0.1,[::1]",
        meaning="Host names answered besides that of PEYGIR_BASE_URL, separated by commas.",
    ),
    Option(
        name="PEYGIR_LIVE_URL",
        default=":8001/live",
        meaning="Address of the live server. ':port/path' means the host of the page itself.",
    ),
    Option(
        name="PEYGIR_DEBUG", default="0", meaning="1 shows errors in the page; never in service."
    ),
    Option(
        name="PEYGIR_SECRET_KEY",
        meaning="Signs sessions and links; made and kept in the data folder when absent.",
        secret=True,
    ),
    Option(
        name="DATABASE_URL",
        meaning="postgresql://… (15 or newer). When absent an embedded server is started.",
        secret=True,
    ),
    Option(
        name="PEYGIR_DB_NAME",
        default="peygir",
        meaning="Database name inside the embedded server.",
    ),
    Option(
        name="PEYGIR_DB_POOL",
        default="0",
        meaning="Connections kept by each process; 0 opens one per thread. The web server uses 8.",
    ),
    Option(
        name="PEYGIR_DB_APP_ROLE",
        meaning="PostgreSQL role taken after connecting, so that events can only be inserted.",
    ),
    Option(
        name="PEYGIR_DB_OS_USER",
        default="nobody",
        meaning="Account that runs the embedded server when Peygir itself is started by root.",
    ),
    Option(
        name="PEYGIR_LOG_DIR",
        meaning="Folder of the published log; `log` in the data folder when empty.",
    ),
    Option(
        name="PEYGIR_LOG_GUARD",
        meaning="File that remembers what was signed last; never restored with the database.",
    ),
    Option(
        name="PEYGIR_LOG_POLICY",
        meaning="File (tlog-policy) that names the outside witnesses; empty: there are none.",
    ),
    Option(
        name="PEYGIR_KEY_DIR",
        meaning="Folder of the keys that sign the log; `keys` in the data folder when empty.",
    ),
    Option(
        name="PEYGIR_TILE_URL",
        meaning="Map tiles on this host, such as /tiles/{z}/{x}/{y}.png; empty draws a plain grid.",
    ),
    Option(name="PEYGIR_SMS_URL", meaning="Kannel's sendsms address; empty sends no SMS."),
    Option(name="PEYGIR_SMS_USER", meaning="Kannel's sendsms user."),
    Option(name="PEYGIR_SMS_PASSWORD", meaning="Kannel's sendsms password.", secret=True),
    Option(name="PEYGIR_SMS_SENDER", meaning="The number that citizens see and write to."),
    Option(
        name="PEYGIR_SMS_SECRET",
        meaning="Shared secret that Kannel presents with every inbound SMS.",
        secret=True,
    ),
    Option(
        name="PEYGIR_PHONE_SECRET",
        meaning="Shared secret that the telephone exchange presents with every call it reports.",
        secret=True,
    ),
    Option(
        name="PEYGIR_PHONE_AREA",
        meaning="Area code (025) that completes eight-digit numbers which the exchange reports.",
    ),
    Option(
        name="PEYGIR_AMI_URL",
        meaning="ami://user:secret@host:5038 of the exchange, for `manage.py phone_bridge`.",
        secret=True,
    ),
    Option(
        name="PEYGIR_API_KEYS",
        meaning="Systems that may hand reports over, each name:key, with spaces between them.",
        secret=True,
    ),
    Option(
        name="PEYGIR_OFFICE_URL",
        meaning="https address of the office automation; while empty, referrals for it wait.",
    ),
    Option(
        name="PEYGIR_OFFICE_TOKEN",
        meaning="Bearer token that the office automation gave to this system.",
        secret=True,
    ),
    Option(
        name="PEYGIR_OFFICE_SECRETS",
        meaning="Keys of its signed messages, each 24 characters or more; two during a change.",
        secret=True,
    ),
    Option(
        name="PEYGIR_OFFICE_CA",
        meaning="File with the authority behind its certificate; empty trusts the system's own.",
    ),
    Option(
        name="PEYGIR_SMTP_URL",
        meaning="smtp://user:password@host:587 or smtps://…; empty sends no e-mail.",
        secret=True,
    ),
    Option(
        name="PEYGIR_MAIL_FROM",
        default="peygir@localhost",
        meaning="Sender address of e-mail.",
    ),
)

_DEFAULTS = {option.name: option.default for option in OPTIONS}


def read(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The value of a listed variable, stripped; its default when unset. KeyError if not listed."""
    default = _DEFAULTS[name]
    return environ.get(name, default).strip()


def log_folder(data: Path) -> Path:
    """Where the public log is published; a database beside the usual one has another log."""
    name = read("PEYGIR_DB_NAME")
    other = "" if name == _DEFAULTS["PEYGIR_DB_NAME"] else f"-{name}"
    return Path(read("PEYGIR_LOG_DIR") or data / f"log{other}")


def read_flag(name: str) -> bool:
    """Whether a listed variable says yes (1, true, yes, on)."""
    return read(name).lower() in {"1", "true", "yes", "on"}


def read_int(name: str) -> int:
    """A listed variable as a whole number; its default when it is not one (a check reports it)."""
    value = read(name)
    return int(value) if value.isdecimal() else int(_DEFAULTS[name])
