"""What is remembered: tables, migrations, unit of work, queries, outbox, sessions, media."""
