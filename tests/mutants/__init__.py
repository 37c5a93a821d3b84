"""Mutation testing of `consent`: every small fault planted in it must be noticed by a story or a test.

`python -m tests.mutants` plants one fault at a time with the operators of cosmic-ray, and judges each in a forked
child, which costs a hundredth of a fresh interpreter. What nothing notices is either a missing story, dead code, or
no fault at all; the last are named with their reason in `equivalent.toml`.
"""
