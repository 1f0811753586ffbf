"""SMS through Kannel: out by its sendsms address, in and delivery reports by its HTTP calls."""
