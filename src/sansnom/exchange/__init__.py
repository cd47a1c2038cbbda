"""Match keys, encoding, splitting and sealing: what leaves a desk."""
