"""Crisis and season: plans, the switch for two, what it does, and the report after it."""
