"""HUD's HMIS API (draft 0.5) under `/hmis/v1`, and the push beside it."""

from hub.edge.api.hmis import clients, exports, imports

ROUTERS = (clients.router, exports.router, imports.router)
