"""Runs the readers of docs/consumers against a topic and compares what they saw."""
