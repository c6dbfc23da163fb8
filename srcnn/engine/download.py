"""Files by http(s): complete, of bounded size, with the content their name promises."""

import hashlib
import http.client
import os
import re
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import torch
from mmengine.dist import barrier

from srcnn.errors import InputError

SAFE_NAME = re.compile(r'(?!\.)[\w. +()=@-]{1,200}')
HASH_IN_NAME = re.compile(r'-([0-9a-f]{8,64})\.')  # torch.hub's convention: the first digits of the SHA-256
MAX_BYTES = 4 << 30
TIMEOUT = 30  # seconds without a byte
SLOWEST = 1000  # bytes per second, on average after the first TIMEOUT seconds
CHUNK = 1 << 20


def download(url: str, folder: Path | None = None) -> Path:
    """Fetch ``url`` and return the local file; one whose name carries its hash is fetched only once.

    With several processes on a machine the first fetches and the others wait. The file appears under its name only
    when it is complete and, if the name carries a hash, has that hash.

    Args:
        url: http or https address of a file.
        folder: Where to keep it; torch's hub cache (``$TORCH_HOME/hub/checkpoints``) by default.

    Raises:
        InputError: Not there, not reachable, cut short, too large, or another content than its name promises.
    """
    folder = folder or Path(torch.hub.get_dir()) / 'checkpoints'
    name = Path(unquote(urlsplit(url).path)).name
    if not SAFE_NAME.fullmatch(name):
        raise InputError(f'{url}: the address names no file.')
    path = folder / name
    first = int(os.environ.get('LOCAL_RANK', 0)) == 0
    if first and not (HASH_IN_NAME.search(name) and path.is_file() and _hash_fits(path)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _fetch(url, path)
        except OSError as error:
            raise InputError(
                f'{url}: cannot be kept in {folder} ({error.strerror}); make room, or set TORCH_HOME to another folder.'
            ) from error
    barrier()
    return path


def _fetch(url: str, path: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, suffix='.part', delete=False) as part:
        try:
            for chunk in _chunks(url):
                part.write(chunk)
            part.close()
            if not _hash_fits(Path(part.name), path.name):
                raise InputError(
                    f'{url}: the content is not what the hash in its name promises (damaged or replaced); '
                    'try again, or get the file elsewhere and give its path.'
                )
            os.replace(part.name, path)
        finally:
            part.close()
            Path(part.name).unlink(missing_ok=True)


def _chunks(url: str) -> Iterator[bytes]:
    """The content, or InputError where it is too large, too slow, cut short, or not to be had."""
    size, start = 0, time.monotonic()
    try:
        with _opener().open(url, timeout=TIMEOUT) as response:
            expected = int(response.headers.get('Content-Length') or -1)
            while chunk := response.read1(CHUNK) if expected <= MAX_BYTES else b'':
                size += len(chunk)
                if size > MAX_BYTES:
                    break
                if time.monotonic() - start > TIMEOUT + size / SLOWEST:
                    raise InputError(f'{url}: only {size} bytes in {time.monotonic() - start:.0f} s; try again later.')
                yield chunk
    except InputError:
        raise
    except urllib.error.HTTPError as error:
        raise InputError(f'{url}: the server answers {error.code} ({error.reason}); check the address.') from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise InputError(f'{url}: cannot be downloaded ({error}); check the address and the network.') from error
    if max(size, expected) > MAX_BYTES:
        raise InputError(f'{url}: more than the {MAX_BYTES} bytes allowed for a checkpoint.')
    if expected >= 0 and size != expected:
        raise InputError(f'{url}: cut short after {size} of {expected} bytes; try again.')


def _opener() -> urllib.request.OpenerDirector:
    """Of http(s) alone: urllib's own would follow a redirection to ftp as well."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _hash_fits(path: Path, name: str | None = None) -> bool:
    promised = HASH_IN_NAME.search(name or path.name)
    if promised is None:
        return True
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest().startswith(promised.group(1))
