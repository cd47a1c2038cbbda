"""A browser small enough to measure with: it keeps cookies, sends forms with their token, and tells how long an answer took."""

import http.client
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlencode

HOST: Final = "localhost"
TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Serving:
    """A desk served by a process of its own, as `sansnom desk` does."""

    def __init__(self, folder: Path, port: int) -> None:
        """Take the folder and the port."""
        self._folder, self.port = folder, port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "sansnom", "desk", "--folder", str(self._folder), "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--no-browser"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                Browser(self.port).get("/unlock/")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise SystemExit("the desk did not start")

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @property
    def number(self) -> int:
        """Give the number of the process."""
        return self._process.pid if self._process is not None else 0

    def memory_mib(self) -> tuple[float, float]:
        """Give what the process holds now and held at most, in MiB (Linux)."""
        told = Path(f"/proc/{self.number}/status").read_text()
        found = {
            line.split(":")[0]: line.split()[1] for line in told.splitlines() if line.startswith(("VmHWM", "VmRSS"))
        }
        return int(found["VmRSS"]) / 1024, int(found["VmHWM"]) / 1024

    def processor_seconds(self) -> float:
        """Give the processor time that the process has taken (Linux)."""
        fields = Path(f"/proc/{self.number}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@dataclass(slots=True)
class Browser:
    """Somebody's browser on this desk."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    page: str = ""
    """The last page that came, whatever its status."""

    def get(self, address: str) -> str:
        """Open a page, following where it leads."""
        return self._ask("GET", address, None)

    def post(self, address: str, told: dict[str, Any]) -> str:
        """Send a form, with the token of the last page seen."""
        return self._ask("POST", address, {"csrfmiddlewaretoken": self.token, **told})

    def _ask(self, method: str, address: str, told: dict[str, Any] | None) -> str:
        for _ in range(8):
            status, headers, text = self._once(method, address, told)
            found = TOKEN.search(text)
            self.token = found.group(1) if found else self.token
            if status in {301, 302}:
                method, address, told = "GET", headers["Location"].partition("#")[0], None
                continue
            if status != 200:
                raise RuntimeError(f"{method} {address} answered {status}")
            return text
        raise RuntimeError(f"{address} leads nowhere")

    def _once(self, method: str, address: str, told: dict[str, Any] | None) -> tuple[int, Any, str]:
        line = http.client.HTTPConnection(HOST, self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if told is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{HOST}:{self.port}"}
        line.request(method, address, urlencode(told, doseq=True) if told is not None else None, headers)
        answer = line.getresponse()
        text = self.page = answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        line.close()
        return answer.status, answer.headers, text

    def sign_in(self, passphrase: str, name: str, password: str) -> None:
        """Unlock the desk and sign in."""
        self.get("/unlock/")
        self.post("/unlock/", {"passphrase": passphrase})
        self.get("/sign-in/")
        self.post("/sign-in/", {"sign_in_name": name, "password": password})
