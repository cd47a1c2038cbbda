"""What releases really say: ten attacks on them, by formulations independent of the rooms attacked (G-05, G-06)."""
