"""Read models: what the doors show, asked of the database in few and bounded queries."""
