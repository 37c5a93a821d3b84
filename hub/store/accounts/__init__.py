"""Who may come in: people with a password and a code, systems with a key; their sessions and tokens.

Nothing here can be used to come in if it is read: passwords are argon2id, tokens and sessions are kept as digests, the
secrets of the one-time codes and the names are sealed.
"""

from hub.store.accounts.caller import Caller, CallerKind, HubRole
from hub.store.accounts.clients import AccessTokenRow, ClientRow, Clients, Grant, UsedAssertionRow
from hub.store.accounts.scopes import HubScope, covers, grantable
from hub.store.accounts.sessions import Limits, SignedIn, WebSessionRow, WebSessions
from hub.store.accounts.sweep import forget_expired
from hub.store.accounts.users import Attempt, NewUser, UserRow, Users

__all__ = [
    "AccessTokenRow",
    "Attempt",
    "Caller",
    "CallerKind",
    "ClientRow",
    "Clients",
    "Grant",
    "HubRole",
    "HubScope",
    "Limits",
    "NewUser",
    "SignedIn",
    "UsedAssertionRow",
    "UserRow",
    "Users",
    "WebSessionRow",
    "WebSessions",
    "covers",
    "forget_expired",
    "grantable",
]
