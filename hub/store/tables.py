"""Every table, in one place for the migrations."""

from importlib import import_module

NOUNS = """
    accounts accounts.journeys accounts.key_sets accounts.providers accounts.rates audit closed consents declarations
    descriptors directory handoffs ledgers.suspensions listings messages orders origins packs parcels people pulls
    records rotation.tables staff terms
"""

for _noun in NOUNS.split():
    import_module(f"hub.store.{_noun}")
