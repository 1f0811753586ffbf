"""Django's PostgreSQL backend, preceded by the embedded server when no DATABASE_URL is set."""
