"""Tests of what people send as photo, voice, video or document."""
