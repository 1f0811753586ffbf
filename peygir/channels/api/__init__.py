"""Other systems of the city (its app, a bot, an exchange's menu) hand reports over as JSON."""
