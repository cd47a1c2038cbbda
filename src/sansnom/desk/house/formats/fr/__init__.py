"""French in Canada."""
