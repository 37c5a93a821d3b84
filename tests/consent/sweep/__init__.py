"""Every kind of record, capacity and purpose, with the least evidence that opens it, for a lawyer to read.

`python -m tests.consent.sweep` writes `consent/docs/sweep.md`.
"""
