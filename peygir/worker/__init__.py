"""The worker: deadlines fire, pauses end, notices go, and somebody checks that it happens."""
