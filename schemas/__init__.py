"""The words and shapes that all packages share; pure."""
