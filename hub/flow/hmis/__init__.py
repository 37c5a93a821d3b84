"""HMIS records over HUD's HMIS API: a caller's own as they were sent, others' as far as consent lets them go."""
