"""HUD's HMIS API (draft 0.5): rows as its JSON writes them, and a file set made of such rows."""
