"""Looking around: sign in as one of the demonstration's people with one press. Demonstration only; elsewhere its pages do not exist.

The settings refuse `MARVEC_DEMO` in production, and every handler here asks the settings: without it, all answer 404.
"""
