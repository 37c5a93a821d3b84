"""Sign-in: tokens for systems, sessions for people, and what each may do.

A route says who may use it: `Annotated[Caller, Depends(requires(roles={…}, scopes={…}))]`. Authorization hangs on the
route and never on the shape of a URL.
"""

from hub.edge.auth.cookies import SessionCookie
from hub.edge.auth.guards import CallerDep, caller, requires
from hub.edge.auth.tokens import router

__all__ = ["CallerDep", "SessionCookie", "caller", "requires", "router"]
