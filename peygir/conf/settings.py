"""Django's settings. Secrets and addresses come from the environment; the rest from cities/."""

import secrets
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from peygir.conf.options import log_folder, read, read_flag, read_int
from peygir.conf.wiring import (
    AUDITS,
    CHANNELS,
    LEAVES,
    PROJECTORS,
    RECEIPT,
    REPLAY_CHECKS,
    ROOMS,
    TURNS,
)

BASE_DIR = Path(__file__).resolve().parents[2]


def _secret_key(data_dir: Path) -> str:
    """The given key, else the one kept in the data folder, made on first use."""
    given = read("PEYGIR_SECRET_KEY")
    if given:
        return given
    kept = data_dir / "secret_key"
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f"secret_key.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was faster; then its key counts
            kept.hardlink_to(draft)
        draft.unlink()
    return kept.read_text().strip()


def _database(url: str) -> dict[str, Any]:
    """Django's entry for DATABASE_URL, or for the embedded server when the URL is empty."""
    role = read("PEYGIR_DB_APP_ROLE")
    # Not Django's assume_role: together with a pool it waits for itself for ever.
    options: dict[str, Any] = {"options": f"-c role={role}"} if role else {}
    pool_size = read_int("PEYGIR_DB_POOL")
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    entry: dict[str, Any] = {
        "ENGINE": "peygir.conf.engine",
        "NAME": read("PEYGIR_DB_NAME"),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool_size else None,
        "CONN_HEALTH_CHECKS": True,
    }
    if not url:
        return entry
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if "options" in query:
        options["options"] = f"{query.pop('options')} {options.get('options', '')}".strip()
    return entry | {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": options | query,
    }


def _city_time_zone(city: Path) -> str:
    """The display time zone named in city.toml; a wrong or missing file is reported by a check."""
    try:
        with (city / "city.toml").open("rb") as file:
            return str(tomllib.load(file).get("timezone", "Asia/Tehran"))
    except (OSError, tomllib.TOMLDecodeError):
        return "Asia/Tehran"


# The city and its data
PEYGIR_CITY = read("PEYGIR_CITY")
PEYGIR_CITY_DIR = BASE_DIR / "cities" / PEYGIR_CITY
PEYGIR_DATA_DIR = (BASE_DIR / read("PEYGIR_DATA_DIR")).resolve()
PEYGIR_PHOTO_DIR = PEYGIR_DATA_DIR / "photos"
PEYGIR_LOG_POLICY = read("PEYGIR_LOG_POLICY")
PEYGIR_KEY_DIR = Path(read("PEYGIR_KEY_DIR") or PEYGIR_DATA_DIR / "keys")
PEYGIR_BASE_URL = read("PEYGIR_BASE_URL").rstrip("/")
PEYGIR_LIVE_URL = read("PEYGIR_LIVE_URL")
PEYGIR_TILE_URL = read("PEYGIR_TILE_URL")
PEYGIR_DB_NAME = read("PEYGIR_DB_NAME")
PEYGIR_DB_OS_USER = read("PEYGIR_DB_OS_USER")
# Another database beside the usual one has another log.
_other = "" if PEYGIR_DB_NAME == "peygir" else f"-{PEYGIR_DB_NAME}"
PEYGIR_LOG_DIR = log_folder(PEYGIR_DATA_DIR)
PEYGIR_LOG_GUARD = Path(read("PEYGIR_LOG_GUARD") or PEYGIR_DATA_DIR / f"guard{_other}.json")

# Channels
PEYGIR_SMS_URL = read("PEYGIR_SMS_URL")
PEYGIR_SMS_USER = read("PEYGIR_SMS_USER")
PEYGIR_SMS_PASSWORD = read("PEYGIR_SMS_PASSWORD")
PEYGIR_SMS_SENDER = read("PEYGIR_SMS_SENDER")
PEYGIR_SMS_SECRET = read("PEYGIR_SMS_SECRET")
PEYGIR_PHONE_SECRET = read("PEYGIR_PHONE_SECRET")
PEYGIR_PHONE_AREA = read("PEYGIR_PHONE_AREA")
PEYGIR_AMI_URL = read("PEYGIR_AMI_URL")
PEYGIR_API_KEYS = read("PEYGIR_API_KEYS")
PEYGIR_OFFICE_URL = read("PEYGIR_OFFICE_URL")
PEYGIR_OFFICE_TOKEN = read("PEYGIR_OFFICE_TOKEN")
PEYGIR_OFFICE_SECRETS = read("PEYGIR_OFFICE_SECRETS")
PEYGIR_OFFICE_CA = read("PEYGIR_OFFICE_CA")
PEYGIR_SMTP_URL = read("PEYGIR_SMTP_URL")
PEYGIR_MAIL_FROM = read("PEYGIR_MAIL_FROM")

# Wiring: what peygir/conf/wiring.py lists
__all__ = ["AUDITS", "CHANNELS", "LEAVES", "PROJECTORS", "RECEIPT", "REPLAY_CHECKS", "TURNS"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *ROOMS,
    *CHANNELS,
]
MIDDLEWARE = [
    "peygir.conf.door.arrival",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peygir.conf.headers.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages; static files lie compressed on disk
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "peygir.conf.urls"
WSGI_APPLICATION = "peygir.conf.wsgi.application"

# Pages
_CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "peygir.demo.banner.simulated",
]
_JINJA_OPTIONS: dict[str, Any] = {
    "context_processors": _CONTEXT,
    "environment": "peygir.look.jinja.environment",
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": _JINJA_OPTIONS,
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    },
]
STATIC_URL = "/static/"
_collected = PEYGIR_DATA_DIR / "static"  # made by ./run, which compresses the files into it
STATIC_ROOT = _collected if _collected.exists() else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = read_flag("PEYGIR_DEBUG") or STATIC_ROOT is None
WHITENOISE_MAX_AGE = 600  # seconds; file names carry no digest

# Language and time
LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "peygir" / "look" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _city_time_zone(PEYGIR_CITY_DIR)

# Data
DATABASES = {"default": _database(read("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Staff"
AUTHENTICATION_BACKENDS = ["peygir.people.sign_in.Backend"]
SESSION_ENGINE = "peygir.conf.sessions"

# Safety
DEBUG = read_flag("PEYGIR_DEBUG")
SECRET_KEY = _secret_key(PEYGIR_DATA_DIR)
_base = urlsplit(PEYGIR_BASE_URL)
_hosts = [host.strip() for host in read("PEYGIR_ALLOWED_HOSTS").split(",")]
ALLOWED_HOSTS = [host for host in [*_hosts, _base.hostname] if host]
CSRF_TRUSTED_ORIGINS = [PEYGIR_BASE_URL] if _base.scheme == "https" else []
IS_HTTPS = _base.scheme == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # a working day, in seconds
SESSION_COOKIE_NAME = "peygir_session"
CSRF_COOKIE_NAME = "peygir_csrf"
LANGUAGE_COOKIE_NAME = "peygir_language"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o600
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "peygir.people.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
OTP_TOTP_ISSUER = "Peygir"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "peygir.conf.logs.DiscreetFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": False},
        "django.db.backends": {"handlers": [], "level": "ERROR", "propagate": False},
        "httpx": {"handlers": [], "level": "WARNING", "propagate": True},
        # At INFO it lists the letters of a text that is printed.
        "fontTools": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
