"""Sign-in: tokens for systems, sessions for people, and what each may do.

A route takes `caller: CallerDep` and its row in `access.TABLE` says who that may be. Authorization hangs on the route
that was found and never on the shape of a URL. `FreshCallerDep` also wants the person to have signed in lately.
"""

from hub.edge.auth.cookies import SessionCookie
from hub.edge.auth.guards import CallerDep, admitted
from hub.edge.auth.recency import FreshCallerDep, RecencyDep
from hub.edge.auth.tokens import router

__all__ = ["CallerDep", "FreshCallerDep", "RecencyDep", "SessionCookie", "admitted", "router"]
