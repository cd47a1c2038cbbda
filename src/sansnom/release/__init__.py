"""Rules, noise sampling, accounting and budget of what may be published."""
