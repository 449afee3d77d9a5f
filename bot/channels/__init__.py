"""One folder a channel: each parses what arrives and sends what is answered."""
