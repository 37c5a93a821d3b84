"""What comes from outside and what must not go out: known holes in what the hub is built on, and secrets in its text.

`make check` runs it: `python -m tests.supply`.
"""
