"""A headless Chromium that opens a report from the disk, as a reviewer does.

Chromium and its fonts are installed by apt if they are missing (as root). axe-core comes from npm.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PACKAGES = ("chromium", "chromium-driver", "fonts-dejavu-core", "fonts-wqy-zenhei", "fonts-lohit-taml")
PROGRAMS = ("chromium", "chromedriver")
AXE_VERSION = "4.14.1"
WAIT_S = 30
DESKTOP = (1280, 900)
PHONE = (360, 740)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
)
_AFTER_TWO_FRAMES = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]));"
Seen = TypeVar("Seen")


class Reader:
    """A user at a browser."""

    def __init__(self, chrome: Chrome) -> None:
        self.chrome = chrome
        self.runs_scripts = True

    def open(self, page: Path, address: str = "") -> None:
        """Open a page from the disk, at an address within it, and wait until it is drawn."""
        self.chrome.get("about:blank")
        self.chrome.get(f"{page.as_uri()}{address}")
        self.wait_for_drawing()

    def wait_for_drawing(self) -> None:
        """Wait until the page has drawn everything requested, and the consequences."""
        if self.runs_scripts:
            self.chrome.execute_async_script(_AFTER_TWO_FRAMES)

    @contextlib.contextmanager
    def without_scripts(self) -> Iterator[None]:
        """Run no scripts of a page."""
        self.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.runs_scripts = False
        try:
            yield
        finally:
            self.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
            self.runs_scripts = True

    def find(self, selector: str) -> WebElement:
        """Return the first element that matches a selector."""
        return self.chrome.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        """Return all elements that match a selector."""
        return self.chrome.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """Return the texts of all elements that match a selector, visible or not."""
        return [str(found.get_property("textContent")) for found in self.find_all(selector)]

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script in the page returns."""
        return self.chrome.execute_script(script, *arguments)

    def wait_for(self, selector: str) -> WebElement:
        """Return an element as soon as it exists and is visible."""
        return self.wait_until(
            lambda: next((found for found in self.find_all(selector) if found.is_displayed()), None)
        )

    def wait_until(self, see: Callable[[], Seen | None]) -> Seen:
        """Wait until a function returns something, and return that; it is called again after redrawing."""
        wait = WebDriverWait(self.chrome, WAIT_S, ignored_exceptions=[StaleElementReferenceException])
        return wait.until(lambda _: see())  # type: ignore[return-value]

    def unfold(self, summary: WebElement) -> None:
        """Open what a summary is of, by the keyboard: what was opened before may still push it down."""
        summary.send_keys(Keys.ENTER)
        self.wait_until(lambda: summary.get_property("parentElement").get_property("open") or None)  # type: ignore[union-attr]

    def focused(self) -> WebElement:
        """Return the element that has the focus."""
        return self.chrome.switch_to.active_element

    def press(self, *keys: str) -> None:
        """Press keys in the focused element."""
        self.focused().send_keys(*keys)

    def complaints(self) -> list[str]:
        """Return the browser's error messages since the last call."""
        return [str(entry["message"]) for entry in self.chrome.get_log("browser")]  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def open_browser(size: tuple[int, int] = DESKTOP, *, is_dark: bool = False) -> Iterator[Reader]:
    """Provide a separate browser without animations; narrow sizes are those of a phone."""
    install_chromium()
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory() as profile:
        for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"):
            options.add_argument(flag)
        chrome = Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            _pretend(chrome, size, is_dark)
            yield Reader(chrome)
        finally:
            chrome.quit()


def _pretend(chrome: Chrome, size: tuple[int, int], is_dark: bool) -> None:
    width, height = size
    is_phone = size == PHONE
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone},
    )
    features = {"prefers-color-scheme": "dark" if is_dark else "light", "prefers-reduced-motion": "reduce"}
    chrome.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": name, "value": value} for name, value in features.items()]},
    )


def install_chromium() -> None:
    """Install what is missing."""
    if not all(map(shutil.which, PROGRAMS)):
        apt_install(*PACKAGES)


def fetch_axe(folder: Path) -> str:
    """Return the script of axe-core, which finds accessibility faults."""
    if not shutil.which("npm"):
        apt_install("npm")
    subprocess.run(
        ["npm", "pack", "--silent", f"axe-core@{AXE_VERSION}"], cwd=folder, check=True, capture_output=True
    )
    with tarfile.open(folder / f"axe-core-{AXE_VERSION}.tgz") as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


def apt_install(*packages: str) -> None:
    """Install packages of Debian, as root."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    if subprocess.run(install, env=environment, stdin=subprocess.DEVNULL, check=False).returncode:
        subprocess.run(
            ["apt-get", "update", "--quiet"], env=environment, stdin=subprocess.DEVNULL, check=True
        )
        subprocess.run(install, env=environment, stdin=subprocess.DEVNULL, check=True)
