"""What every test shares: printed seeds, quiet Hypothesis, and the guarantees that tests hold."""

import importlib.util
import os

import pytest
from hypothesis import HealthCheck, Phase, settings

# No deadline: a shared machine makes times a coin toss, and a flaky test is a product defect.
settings.register_profile("quick", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A planted fault is caught by the first example that shows it: nobody reads the smallest one (tests/faults/run.py).
settings.register_profile(
    "fault",
    settings.get_profile("quick"),
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
    database=None,
)
settings.load_profile("fault" if "SANSNOM_FAULT" in os.environ else os.environ.get("SANSNOM_HYPOTHESIS", "quick"))

# `make test` needs no browser: without playwright, tests/browser is not even read. `make browser` installs it first.
collect_ignore = [] if importlib.util.find_spec("playwright") else ["browser"]


def pytest_configure(config: pytest.Config) -> None:
    """Keep this process on loopback and on one thread per library, whoever started it."""
    del config
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a guarantee that is not written as docs/guarantees.md numbers it."""
    for item in items:
        for marker in item.iter_markers("guarantee"):
            number = marker.args[0] if len(marker.args) == 1 else ""
            if not (isinstance(number, str) and len(number) == 4 and number.startswith("G-") and number[2:].isdigit()):
                raise pytest.UsageError(f'{item.nodeid}: write guarantee("G-03"), found {marker.args!r}')
