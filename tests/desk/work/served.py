"""A desk served by a process of its own, which a test can kill: `python -m tests.desk.work.served PORT`."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Quiet(WSGIRequestHandler):
    """Serves without a word on the terminal."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingMixIn, WSGIServer):
    """Answers each connection by a thread: Chromium opens some that it does not use yet."""

    daemon_threads = True


def main(port: int, key: bytes) -> None:
    """Unlock the desk of the environment's folder, and serve it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "sansnom.desk.house.settings"
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from sansnom.desk.sqlcipher.keyring import KEYRING

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    KEYRING.unlock(key)
    make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), bytes.fromhex(sys.argv[2]))
