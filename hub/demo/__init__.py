"""The synthetic county and the story that is told with it."""
