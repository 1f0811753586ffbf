"""Looking back: rows kept beside the cases by the worker, and what is asked of them."""
