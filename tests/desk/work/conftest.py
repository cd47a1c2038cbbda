"""Browser tests need requirements/browser.txt, which `make browser` installs; elsewhere they are not even imported."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("playwright") else ["test_browser.py"]
