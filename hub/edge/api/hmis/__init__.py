"""HUD's HMIS API (draft 0.5) under `/hmis/v1`, and the push beside it."""

from hub.edge.api.hmis import clients, editing, exports, imports, projects
from hub.edge.api.hmis.parameters import SIGN_IN, TAG

ROUTERS = (clients.router, editing.router, projects.router, exports.router, imports.router)

ABOUT = {"name": TAG, "description": SIGN_IN}
"""How the OpenAPI document introduces these routes."""
