"""Peygir: every report has a holder and a deadline until the citizen has had the last word."""
