"""Tests of the Telegram channel against the strict Bot API stub."""
