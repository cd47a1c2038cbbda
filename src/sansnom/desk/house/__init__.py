"""What every page of the desk stands on: settings, middleware, words, templates, style, drafts."""
