"""The web server's entry. Web processes keep a pool of connections; commands do not."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
os.environ.setdefault("PEYGIR_DB_POOL", "8")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
