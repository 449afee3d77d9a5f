"""A workroom's poster: what stands on it, how it is laid out, drawn as PDF and as PNG."""
