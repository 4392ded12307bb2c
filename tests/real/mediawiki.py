"""A real MediaWiki for tests: Debian's package on SQLite behind PHP's own web server, on loopback.

It is made from nothing in a folder of its own, and installed by apt if it is missing (as root). Pages come
from a folder of ``*.wiki`` files, named as their titles with ``/`` written as ``%2F``. ``extra.php`` in the
wiki's folder is read at each request, so that a test can make the wiki lag, cut its answers or refuse them
without starting it again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.sax.saxutils import escape

MEDIAWIKI = Path("/usr/share/mediawiki")
PACKAGES = ("mediawiki", "php-cli", "php-sqlite3")
START_S = 60.0

_SETTINGS = r"""
wfLoadExtension( 'Cite' );
$wgArticlePath = '/wiki/$1';
$wgUsePathInfo = true;
$wgMainCacheType = $wgParserCacheType = $wgMessageCacheType = CACHE_NONE;
$wgLocalisationCacheConf['store'] = 'array';
$wgCacheDirectory = __DIR__ . '/cache';
$wgInvalidateCacheOnLocalSettingsChange = false;
$wgJobRunRate = 0;
$wgEnableEmail = false;
if ( is_file( __DIR__ . '/extra.php' ) ) {
    require __DIR__ . '/extra.php';
}
"""
_ROUTER = r"""<?php
$path = rawurldecode( (string)parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
if ( !preg_match( '~^/wiki(/|$)~', $path ) ) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = '/index.php';
chdir( $_SERVER['DOCUMENT_ROOT'] );
require 'index.php';
"""


@dataclass(frozen=True)
class MediaWiki:
    """A running wiki."""

    folder: Path
    port: int

    @property
    def base_url(self) -> str:
        """Return the article path, as ``apis.fandom.base_url`` has it."""
        return f"http://127.0.0.1:{self.port}/wiki"

    def write(
        self, pages: Mapping[str, str], *, at: str = "2026-11-01T00:00:00Z", are_linked: bool = True
    ) -> None:
        """Put pages into the wiki, or new revisions of them.

        Args:
            pages: text by title.
            at: when, later than their last revision.
            are_linked: false is quicker, for pages that neither redirect nor use templates.
        """
        dump = self.folder / "dump.xml"
        dump.write_text(_dump(pages, at), encoding="utf-8")
        self._maintain("importDump.php", "--quiet", *(() if are_linked else ("--no-updates",)), str(dump))
        self._maintain("rebuildtextindex.php", "--quiet")

    def delete(self, *titles: str) -> None:
        """Delete pages."""
        listed = self.folder / "delete.txt"
        listed.write_text("\n".join(titles), encoding="utf-8")
        self._maintain("deleteBatch.php", str(listed))

    @contextlib.contextmanager
    def with_settings(self, php: str) -> Iterator[None]:
        """Let the wiki run some PHP at the start of each request; ``$count`` counts them."""
        extra, counter = self.folder / "extra.php", self.folder / "counter"
        counter.write_text("")
        extra.write_text(
            "<?php\n"
            f"file_put_contents({str(counter)!r}, '.', FILE_APPEND | LOCK_EX);\n"
            f"clearstatcache();\n$count = filesize({str(counter)!r});\n{php}\n"
        )
        try:
            yield
        finally:
            extra.unlink()

    def requests(self) -> int:
        """Return how many requests the wiki has got since the last ``with_settings`` began."""
        return (self.folder / "counter").stat().st_size

    def _maintain(self, script: str, *arguments: str) -> None:
        _php(self.folder, str(MEDIAWIKI / "maintenance" / script), *arguments)


@contextlib.contextmanager
def running_mediawiki(folder: Path) -> Iterator[MediaWiki]:
    """Give a new, empty wiki that runs while the block does.

    Args:
        folder: an empty folder for its database and settings.
    """
    _install_packages()
    port = _free_port()
    _create(folder, port)
    log = (folder / "server.log").open("wb")
    with (
        log,
        subprocess.Popen(
            [
                "php",
                "-d",
                "memory_limit=256M",
                "-S",
                f"127.0.0.1:{port}",
                "-t",
                str(MEDIAWIKI),
                str(folder / "router.php"),
            ],
            env=_environment(folder) | {"PHP_CLI_SERVER_WORKERS": "2"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as server,
    ):
        try:
            _wait_for(port, server, folder / "server.log")
            yield MediaWiki(folder, port)
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # the workers are in its group


def read_pages(folder: Path) -> dict[str, str]:
    """Return the pages of a folder of ``*.wiki`` files by title."""
    return {unquote(path.stem): path.read_text("utf-8") for path in sorted(folder.glob("*.wiki"))}


def _install_packages() -> None:
    if (MEDIAWIKI / "maintenance" / "install.php").exists() and shutil.which("php"):
        return
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(install, env=environment, stdin=subprocess.DEVNULL, check=False).returncode:
        subprocess.run(
            ["apt-get", "update", "--quiet"], env=environment, stdin=subprocess.DEVNULL, check=True
        )
        subprocess.run(install, env=environment, stdin=subprocess.DEVNULL, check=True)


def _create(folder: Path, port: int) -> None:
    for name in ("db", "cache"):
        (folder / name).mkdir()
    subprocess.run(
        [
            *(
                "php",
                str(MEDIAWIKI / "maintenance" / "install.php"),
                "--dbtype",
                "sqlite",
                "--dbname",
                "wiki",
            ),
            *(
                "--dbpath",
                str(folder / "db"),
                "--confpath",
                str(folder),
                "--server",
                f"http://127.0.0.1:{port}",
            ),
            *(
                "--scriptpath",
                "",
                "--lang",
                "en",
                "--skins",
                "",
                "--pass",
                "only-for-this-test",
                "Wiki",
                "Admin",
            ),
        ],
        check=True,
        capture_output=True,
    )
    with (folder / "LocalSettings.php").open("a") as settings:
        settings.write(_SETTINGS)
    (folder / "router.php").write_text(_ROUTER)


def _php(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        ["php", *arguments], env=_environment(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"MW_CONFIG_FILE": str(folder / "LocalSettings.php")}


def _dump(pages: Mapping[str, str], at: str) -> str:
    """Return pages as MediaWiki's export has them."""
    written = "".join(
        f"<page><title>{escape(title)}</title><ns>{10 if title.startswith('Template:') else 0}</ns><revision>"
        f"<timestamp>{at}</timestamp><contributor><ip>127.0.0.1</ip></contributor><model>wikitext</model>"
        f"<format>text/x-wiki</format><text xml:space='preserve'>{escape(text.rstrip())}</text>"
        "</revision></page>"
        for title, text in pages.items()
    )
    namespace = "http://www.mediawiki.org/xml/export-0.11/"
    return f'<mediawiki xmlns="{namespace}" version="0.11" xml:lang="en">{written}</mediawiki>'


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/api.php?action=query&format=json", timeout=20
            ):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"MediaWiki did not come up: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
