"""What a person can ask of the organization, and the registers that the law asks of it."""
