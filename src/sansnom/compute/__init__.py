"""Three-party protocols on shares; nothing here sees a plain secret."""
