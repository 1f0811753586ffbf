"""A city that lives by itself: demo data, the simulator, and the importer of real requests."""
