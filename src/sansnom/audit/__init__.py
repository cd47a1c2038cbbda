"""Attacks on the other rooms, by independent formulations."""
