"""The web server's entry. Web processes keep a pool of connections; commands do not."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
os.environ.setdefault("PEYGIR_DB_POOL", "8")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# What is loaded by now stays, and large tables of figures come and go: a full collection that looks
# through all of it takes 0.1 to 0.2 s, while somebody waits for a page. So there are few of them.
gc.freeze()
gc.set_threshold(10_000, 20, 50)
