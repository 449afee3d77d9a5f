"""The web chat: the district's own page, at the same door as every other channel."""
