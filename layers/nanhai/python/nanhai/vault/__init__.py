"""Sealing of personal data, blind indexes and signing keys; the only place that holds a secret."""
