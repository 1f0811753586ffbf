"""Staff pages: console, inbox, case page, feedback queue, field visits, heads, organisation."""
