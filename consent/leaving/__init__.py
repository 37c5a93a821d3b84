"""What leaves, and what goes with it: cut to what was decided, with each obligation met, or not at all."""
