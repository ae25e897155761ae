"""Keeps docs/asyncapi.yaml equal to the schema and to the rules of AsyncAPI."""
