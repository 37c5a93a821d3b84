"""Answers questions of law, and nothing else: no clock, no database, no network.

`engine.decide` answers a question, `leaving` acts on the answer, `rules` and `rulebook` hold the law as effective-dated
rules, `validity` says what a paper lacks, `labels` say what a record speaks of, and `explain` puts it in plain words.
"""
