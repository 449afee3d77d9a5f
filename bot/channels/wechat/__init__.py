"""The WeChat channel: an Official Account (verified service account), its messages and its platform."""
