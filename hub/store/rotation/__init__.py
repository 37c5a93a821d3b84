"""Turning the ring: what was sealed under an old master is sealed under the newest, while the hub goes on.

kept       the one list of what is sealed under a master, and where
standing   how much is under which version
turning    a new version; sealing anew; dropping the old one
tables     the versions that were dropped, which the database itself refuses
"""

from hub.store.rotation.kept import KEPT, ONLY_ADDED_TO, UNDER_A_PERSONS_KEY, Kept
from hub.store.rotation.standing import Standing, counted, standing
from hub.store.rotation.turning import Moved, alone, drop, seal_anew, turn

__all__ = [
    "KEPT",
    "ONLY_ADDED_TO",
    "UNDER_A_PERSONS_KEY",
    "Kept",
    "Moved",
    "Standing",
    "alone",
    "counted",
    "drop",
    "seal_anew",
    "standing",
    "turn",
]
