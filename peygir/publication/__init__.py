"""What the public may know: events as public leaves, rule sets, receipts, openings (ADR 0022)."""
