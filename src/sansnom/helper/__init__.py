"""One computing party: its network and its one store."""
