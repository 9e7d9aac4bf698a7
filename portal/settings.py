"""Settings, from the environment alone; docs/operations.md lists every variable."""

import datetime
import os
from pathlib import Path
from urllib.parse import unquote

import pghistory
from kombu import Exchange, Queue

from portal import environment
from servers import queues

# Read when polars is imported. A load reads in blocks of some thousand rows while the database writes: threads of
# polars' own would wait for each other, and take a quarter more of the processor that the database needs.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# Its allocator: one thread needs no arenas beside, each of which would keep what it once held.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:1")

BASE_DIR = Path(__file__).resolve().parent.parent
PORTAL_HOME = Path(os.environ.get("PORTAL_HOME") or BASE_DIR / ".portal").resolve()
PROCESS = environment.choice("PORTAL_PROCESS", "owner", {"owner", "web", "worker"})
_database_url = os.environ.get("DATABASE_URL", "").strip()
#: A machine of one's own, with the embedded servers; a production start brings its own database.
OWN_SERVERS = not _database_url
_own = (
    environment.embedded(PORTAL_HOME) if OWN_SERVERS else environment.made_for(PORTAL_HOME, os.environ["DATABASE_URL"])
)

DEBUG = environment.flag("DEBUG")
DEMONSTRATION = environment.flag("DEMONSTRATION", default=OWN_SERVERS)

# ---- secrets ------------------------------------------------------------------------------------------------
_key_file = PORTAL_HOME / "secret-key"
SECRET_KEY = os.environ.get("SECRET_KEY") or (_key_file.read_text() if OWN_SERVERS and _key_file.exists() else "")
if not SECRET_KEY and OWN_SERVERS and PROCESS == "owner":
    SECRET_KEY = "migrations and tests sign nothing that lasts"
SECRET_KEY = environment.signing_key(SECRET_KEY, lasting=not OWN_SERVERS)
#: Encrypts Social Security numbers and finds them by a keyed hash; losing it loses them.
IDENTIFIER_KEY = os.environ.get("IDENTIFIER_KEY") or SECRET_KEY

# ---- hosts and transport ------------------------------------------------------------------------------------
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
if DEBUG and set(ALLOWED_HOSTS) - environment.THIS_MACHINE:
    environment.refuse(
        "DEBUG shows secrets to whoever meets an error: turn it off, or keep ALLOWED_HOSTS to 127.0.0.1."
    )
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", [])
SECURE_HTTPS = environment.flag("SECURE_HTTPS", default=not OWN_SERVERS)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # who watches asks each process itself, without TLS
# To be on the browsers' preload list is for the domain's owner to decide, once and for all its hosts.
SECURE_HSTS_PRELOAD = environment.flag("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if environment.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = environment.number("SESSION_HOURS", 12, least=1, most=720) * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.db"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---- the house ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "portal.apps.ServedFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "knox",
    "anymail",
    "django_celery_beat",
    "look",
    "accounts",
    "notifications",
    "documents",
    "examinations",
    "compliance.measurement",
    "compliance.bonds",
    "compliance.trends",
    "compliance.plans",
    "compliance.controls",
    "compliance.programs",
    "compliance.risk",
    "compliance.selection",
    "compliance.effect",
    "notices",
    "inquiries",
    "demonstration",
    "portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.readable.ReadableMiddleware",
    "portal.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.guards.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.scope.ScopeMiddleware",
    "accounts.guards.GuardMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "accounts.history.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.frame.frame",
            ],
        },
    }
]
TIME_ZONE = "America/New_York"
USE_TZ = True
LANGUAGE_CODE = "en-us"
USE_THOUSAND_SEPARATOR = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Open to those who have not signed in; everything else redirects to the sign-in page.
PUBLIC_PATHS = [
    "/sign-in/",
    "/health/",
    "/static/",
    "/about/",
    "/words/",
    "/accessibility/",
    "/privacy/",
    "/feeds/",
    "/invitations/",
    "/unsubscribe/",
    "/mail-reports/",
]

# ---- database: one alias, the kind of process picks the login -------------------------------------------------
_url_names = {"owner": "DATABASE_URL", "web": "DATABASE_WEB_URL", "worker": "DATABASE_WORKER_URL"}
_url_name = _url_names[PROCESS]
_no_database = "postgres://nobody@127.0.0.1:1/portal" if OWN_SERVERS else ""
DATABASES = {
    "default": environment.database(
        _url_name,
        environment.address(_url_name, _own.get(_url_name, _no_database), {"postgres", "postgresql"}),
    )
    | {
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600 if PROCESS == "web" else 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # safe under a pooler that hands connections out by transaction
    }
}

# ---- who signs in -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.sign_in.PortalAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts, by person and address together
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
#: Addresses come by invitation, not from who signs in. Without this, whoever asked for a new password in somebody's
#: name would keep them from setting up a second factor: allauth then notes the address as not verified.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Account Management"
#: People who work for the government need a second factor, except in the demonstration unless it asks for one.
SECOND_FACTOR_FOR_STAFF = environment.flag("DEMO_SECOND_FACTOR") if DEMONSTRATION else True

AXES_FAILURE_LIMIT = environment.number("SIGN_IN_ATTEMPTS", 8, least=3, most=100)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.sign_in.name_tried"
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_IPWARE_PROXY_COUNT = environment.number("PROXIES", 0, least=0, most=5) or None
AXES_SENSITIVE_PARAMETERS: list[str] = []

# ---- history ------------------------------------------------------------------------------------------------
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_APPEND_ONLY = True

# ---- API ----------------------------------------------------------------------------------------------------
KNOX_TOKEN_MODEL = "accounts.ApiToken"
MIGRATION_MODULES = {"knox": None}  # its table is ours
REST_KNOX = {
    "TOKEN_TTL": datetime.timedelta(days=environment.number("API_TOKEN_DAYS", 365, least=1, most=3650)),
    "TOKEN_PREFIX": "amp_",  # what scans for leaked secrets finds it
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permission.AsDeclared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.negotiation.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "accounts.api.negotiation.AlwaysJson",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PAGINATION_CLASS": "accounts.api.keyset.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["accounts.api.filters.KnownFilters"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.PortalSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttle.PersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "person": f"{environment.number('API_CALLS_PER_MINUTE', 300, least=10, most=100_000)}/min"
    },
    "EXCEPTION_HANDLER": "accounts.api.answers.explain",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Account portal",
    "VERSION": "1",
    "SERVE_PUBLIC": False,  # everybody reads of what they may ask for
    "SERVE_PERMISSIONS": ["accounts.api.permission.AsDeclared"],
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],  # names of choices stand where they are used
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# ---- broker and cache ---------------------------------------------------------------------------------------
_no_broker = "redis://127.0.0.1:1" if OWN_SERVERS else ""
CELERY_BROKER_URL, _cache = environment.broker(
    "REDIS_URL", environment.address("REDIS_URL", _own.get("REDIS_URL", _no_broker), {"redis", "rediss"})
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache,
        "OPTIONS": {"socket_connect_timeout": 5, "socket_timeout": 5},
    }
}
#: Queues of one broker keep portals apart that share it.
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("TASK_QUEUE") or queues.USUAL
#: What a worker reads that is not told which queue: both in turns, so that one worker alone does everything.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name)  # named in full: with one exchange both would get every task
    for name in (CELERY_TASK_DEFAULT_QUEUE, queues.for_people(CELERY_TASK_DEFAULT_QUEUE))
]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 3600
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 7200}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "portal.scheduler:PatientScheduler"

# ---- mail ---------------------------------------------------------------------------------------------------
_mail = environment.address("EMAIL_URL", "smtp://127.0.0.1:1025", {"smtp", "smtp+tls", "smtps"})
EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "notifications.mail.FromHere"  # a restored copy of production mails nobody
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "").strip() or "Account Management <portal@portal.example>"
DEMO_MAILDIR = Path(os.environ.get("DEMO_MAILDIR") or PORTAL_HOME / "mail")
#: The provider behind EMAIL_URL, as django-anymail calls it, where its webhook is to report what came back; none: none.
MAIL_PROVIDER = environment.choice("MAIL_PROVIDER", "none", {"none", *environment.MAIL_PROVIDERS})
ANYMAIL = environment.webhook(MAIL_PROVIDER)
#: The domain whose mail comes back to the portal, so that a mail about an inquiry can be replied to; none: it cannot.
REPLY_DOMAIN = os.environ.get("REPLY_DOMAIN", "").strip().lower()
#: Whose Authentication-Results are believed in mails of a Maildir: the name by which the receiving server signs them.
REPLY_AUTHSERV_IDS = environment.words("REPLY_AUTHSERV_ID", [])
#: Whether a reply needs the word of that server, or of the provider, that it comes from where it says: "required" takes nothing
#: without, "asked" refuses what they say is forged, "none" believes the From header.
MAILGUN_SPAM_FILTER = environment.flag("MAILGUN_SPAM_FILTER")
_vouched_for = bool(REPLY_AUTHSERV_IDS) or MAIL_PROVIDER in environment.INBOUND_PROVIDERS
REPLY_PROOF = environment.choice(
    "REPLY_PROOF", "required" if _vouched_for and not DEMONSTRATION else "asked", {"required", "asked", "none"}
)
PUBLIC_PATHS += ["/mail-in/"]  # the mail provider shows its own proof
#: Where links in mails lead.
PORTAL_ADDRESS = os.environ.get("PORTAL_ADDRESS") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"

# ---- files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = PORTAL_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "assets"]
STORAGES = {
    "default": environment.storage("FILES_URL"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # every page names them so, and half as many are compressed
MEDIA_ROOT = PORTAL_HOME / "files"  # outside the web root; served by views alone
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
#: The clamd that scans what people send; without one nothing is scanned, and the pages say so.
CLAMD = environment.scanner("CLAMD_URL")
UPLOAD_LIMIT = environment.number("UPLOAD_MEGABYTES", 2048, least=1, most=20_000) * 2**20
#: Bytes of memory that reading a workbook may take, in a process of its own.
WORKBOOK_MEMORY = environment.number("WORKBOOK_MEGABYTES", 2048, least=512, most=100_000) * 2**20

# ---- what is told -------------------------------------------------------------------------------------------
#: How long the mail of a notice is worth sending: until its change begins, but at least and at most so many days
#: after publication (notices/staleness.py; set on November 25, 2026).
NOTICE_LEAST_DAYS = environment.number("NOTICE_LEAST_DAYS", 3, least=0, most=365)
NOTICE_MOST_DAYS = environment.number("NOTICE_MOST_DAYS", 14, least=1, most=365)
#: An invitation that could not be sent for so long is not sent any more.
INVITATION_DAYS = environment.number("INVITATION_DAYS", 14, least=1, most=365)
#: A member's access that nobody used for so long closes, after a warning (accounts/lapsing.py).
ACCESS_DAYS = environment.number("ACCESS_DAYS", 45, least=14, most=3650)
#: When an office works, by the clocks of its Center, on federal working days: what promised hours count.
_opens = environment.number("SERVICE_OPENS", 8, least=0, most=22)
_closes = environment.number("SERVICE_CLOSES", 17, least=_opens + 1, most=23)
SERVICE_HOURS = (datetime.time(_opens), datetime.time(_closes))
DISCLOSE_REASON = environment.flag("DISCLOSE_REASON", default=True)

# ---- demonstration ------------------------------------------------------------------------------------------
#: Entry lines of the demonstration that a first `make run` loads.
DEMO_LINES = environment.number("DEMO_LINES", 600_000, least=5_000, most=20_000_000)
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD") or "import-with-care"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"discretion": {"()": "portal.discretion.KeepsSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["discretion"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # These would write addresses of people and what they typed.
        "axes": {"level": "ERROR"},
        "portal": {"level": "INFO"},
    },
}
