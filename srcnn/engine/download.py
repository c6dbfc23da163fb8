"""Files by http(s): complete, of bounded size, with the content their name promises."""

import hashlib
import os
import re
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

import torch
from mmengine.dist import barrier

from srcnn.errors import InputError

HASH_IN_NAME = re.compile(r'-([0-9a-f]{8,64})\.')  # torch.hub's convention: the first digits of the SHA-256
MAX_BYTES = 4 << 30
TIMEOUT = 30  # seconds without a byte
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
    if not name:
        raise InputError(f'{url}: the address names no file.')
    path = folder / name
    first = int(os.environ.get('LOCAL_RANK', 0)) == 0
    if first and not (HASH_IN_NAME.search(name) and path.is_file() and _hash_fits(path)):
        folder.mkdir(parents=True, exist_ok=True)
        _fetch(url, path)
    barrier()
    return path


def _fetch(url: str, path: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, suffix='.part', delete=False) as part:
        try:
            _copy(url, part)
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


def _copy(url: str, part: IO[bytes]) -> None:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            expected = int(response.headers.get('Content-Length') or -1)
            if expected > MAX_BYTES:
                raise InputError(f'{url}: {expected} bytes, more than the {MAX_BYTES} allowed for a checkpoint.')
            size = 0
            while chunk := response.read(CHUNK):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise InputError(f'{url}: more than the {MAX_BYTES} bytes allowed for a checkpoint.')
                part.write(chunk)
    except urllib.error.HTTPError as error:
        raise InputError(f'{url}: the server answers {error.code} ({error.reason}); check the address.') from error
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f'{url}: cannot be downloaded ({error}); check the address and the network.') from error
    if expected >= 0 and size != expected:
        raise InputError(f'{url}: cut short after {size} of {expected} bytes; try again.')


def _hash_fits(path: Path, name: str | None = None) -> bool:
    promised = HASH_IN_NAME.search(name or path.name)
    if promised is None:
        return True
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest().startswith(promised.group(1))
