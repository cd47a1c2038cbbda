"""Shared nouns: plan, schema, table, party, errors; bilingual dictionaries."""
