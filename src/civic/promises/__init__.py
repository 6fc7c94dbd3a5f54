"""What an office has promised: a number of working days for a piece of work, on a clock that stops while the citizen has the next move.

Words: a *promise* runs, is paused, kept, broken (its day has passed) or dropped. The national calendar says what a working day is.
Start at `service.promise`.
"""
