"""Questions from outside: read, judged, shown in plain words, answered or not, sent, and forgotten."""
