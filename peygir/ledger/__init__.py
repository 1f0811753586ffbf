"""The ledger: every change of the system as an event that nobody can alter or remove."""
