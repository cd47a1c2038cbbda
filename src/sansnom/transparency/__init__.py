"""Merkle log, checkpoints and proofs over public hashes."""
