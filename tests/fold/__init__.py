"""A reader of Ferry's log that shares no code with Ferry, only docs/log-format.md."""
