"""The key file: one random database key, wrapped under each passphrase and under the recovery sheet."""
