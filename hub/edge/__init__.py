"""Ways in: HTTP, pages, MLLP, sign-in."""
