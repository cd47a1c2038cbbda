"""Django's settings for the desk. One file, no secret in it, nothing to edit: the environment names the folder.

The secret key is drawn anew each time the program starts: it only has to outlive a session, and sessions end with the
program, since the desk is locked then. Nothing that could be seized is written for it.
"""

import os
import secrets
from typing import Any, Final

from sansnom.desk.house.places import HOST_VARIABLE, database_settings, desk_apps

BODY_BYTES_MAX: Final = 64 * 1024 * 1024

SECRET_KEY = secrets.token_urlsafe(48)
DEBUG = False
USE_TZ = True
TIME_ZONE = "America/Toronto"
ROOT_URLCONF = "sansnom.desk.house.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, Any]] = {"default": database_settings()}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    *desk_apps(),
]

MIDDLEWARE = [
    "sansnom.desk.house.middleware.safety_headers",
    "django.middleware.security.SecurityMiddleware",
    "sansnom.desk.house.middleware.locked_desk",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sansnom.desk.accounts.middleware.idle_lock",
    "sansnom.desk.accounts.middleware.second_factor",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sansnom.desk.house.middleware.one_transaction",
    "sansnom.desk.house.drafts.sent_drafts",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sansnom.desk.house.context.desk",
            ],
            "builtins": ["sansnom.desk.house.templatetags.desk"],
        },
    }
]
FORM_RENDERER = "sansnom.desk.house.forms.DeskRenderer"

# Who works here.
AUTH_USER_MODEL = "accounts.Colleague"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "house:door"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# Sessions live in the encrypted database and end with the browser.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "desk_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = "desk_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "sansnom.desk.house.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_NAME = "desk_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Strict"

# This machine only; another host name comes with TLS (the command line sees to it).
_HOST = os.environ.get(HOST_VARIABLE)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *([_HOST] if _HOST else [])]
if _HOST:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
SECURE_REFERRER_POLICY = "same-origin"  # with "no-referrer" browsers send forms with Origin: null, which is refused
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
PREPEND_WWW = False
APPEND_SLASH = True

# Uploads stay in memory: no temporary file. The server refuses what is larger before it reads it.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_BYTES_MAX
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Two languages, equal in rank. Catalogues are read from .po files (house/words.py).
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["sansnom.desk.house.formats"]

STATIC_URL = "/static/"

# No log with values: nothing of a request or of a record is written anywhere.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": True,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["nowhere"]},
    "loggers": {
        "django": {"handlers": ["nowhere"], "propagate": False},
        "django.request": {"handlers": ["nowhere"], "propagate": False},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "django.db.backends": {"handlers": ["nowhere"], "propagate": False},
    },
}
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS only with a host name: a desk on localhost has no TLS
    "security.W008",  # as above
]
