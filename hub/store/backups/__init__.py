"""Backups: the whole database as it stood, the stream of its changes since, and the way back to any moment of it.

programs   PostgreSQL's own programs, which do the copying
shelf      the folder in which backups stand, each with its manifest
copied     whether a copy is whole
making     a backup made, and the changes followed
restoring  a backup laid out in a fresh place, brought to a moment, and its log verified

What is sealed stays sealed in a backup. The keys are in none: whoever finds a backup finds nothing that opens it.
"""

from hub.store.backups.making import Follower, back_up, forget_older
from hub.store.backups.restoring import Restored, restore, try_out
from hub.store.backups.shelf import Backup, Manifest, Shelf

__all__ = ["Backup", "Follower", "Manifest", "Restored", "Shelf", "back_up", "forget_older", "restore", "try_out"]
