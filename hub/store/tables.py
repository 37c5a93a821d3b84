"""Every table, in one place for the migrations."""

from importlib import import_module

for _noun in ("accounts", "audit", "consents", "directory", "handoffs", "messages", "parcels", "people", "records"):
    import_module(f"hub.store.{_noun}")
