"""Encryption in the application: a ring of keys, envelopes, blind tokens.

sealing    what is sealed opens with its key, in its place, and nowhere else
ring       the hub's secrets: versioned masters to seal under, and what never turns with them
keys       the ring at work; learns of a new version while it runs
custody    the file in which the ring lies, held by a provider
providers  who holds the ring: the file's owner, the environment, AWS KMS, HashiCorp Vault

A master wraps one data key a person (so that a person's data can be shredded by destroying one key); a data key seals
that person's blobs. A new master therefore wraps the data keys anew and leaves the blobs alone. Blind tokens and the
identity of the audit log hang on secrets of their own, which stay when masters come and go.
"""

from hub.store.crypto.custody import KeyFile, load
from hub.store.crypto.keys import Keys
from hub.store.crypto.ring import Ring
from hub.store.crypto.sealing import Broken, Sealer

__all__ = ["Broken", "KeyFile", "Keys", "Ring", "Sealer", "load"]
