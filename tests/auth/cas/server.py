"""A real CAS server (django-cas-server) as a process of its own: `python server.py <folder>`.

Says its port in one line when it is ready; its database is `cas.sqlite3` in the folder.
"""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

PASSWORD = "proved-elsewhere"
# Account of the CAS server -> what its attribute "first_name" says, which is released as "beian".
ACCOUNTS = {"linxiao": "", "zhoumin": "", "guanyiming": "", "stranger": "", "20190123": "linxiao"}
APPS = ["auth", "contenttypes", "sessions", "messages"]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads along."""


def configure(folder: Path) -> None:
    settings.configure(
        SECRET_KEY="for tests only",
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "cas_server"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "cas.sqlite3")}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF="cas_server.urls",
        STATIC_URL="/static/",
        USE_TZ=True,
        # It would ask the package index for a newer version on every login page.
        CAS_NEW_VERSION_HTML_WARNING=False,
    )
    django.setup()


def fill() -> None:
    from cas_server.models import ReplaceAttributName, ServicePattern
    from django.contrib.auth.models import User

    call_command("migrate", verbosity=0)
    for name, ours in ACCOUNTS.items():
        User.objects.create_user(name, password=PASSWORD, first_name=ours)
    anywhere = ServicePattern.objects.create(pos=1, name="anywhere", pattern="^http://", single_log_out=True)
    ReplaceAttributName.objects.create(name="first_name", replace="beian", service_pattern=anywhere)


if __name__ == "__main__":
    configure(Path(sys.argv[1]))
    fill()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler)
    print(server.server_port, flush=True)
    server.serve_forever()
