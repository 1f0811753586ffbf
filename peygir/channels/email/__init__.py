"""E-mail through any SMTP server. Outgoing only."""
