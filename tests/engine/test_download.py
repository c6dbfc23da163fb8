import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from srcnn import InputError
from srcnn.engine.download import download

CONTENT = b'weights' * 1000
HASH = hashlib.sha256(CONTENT).hexdigest()[:8]


class Handler(BaseHTTPRequestHandler):
    """/cut… promises more than it sends; /none… is not there; /to/ADDRESS leads there; anything else is CONTENT."""

    def do_GET(self):
        self.server.requests += 1
        if self.path.startswith('/none'):
            self.send_error(404)
            return
        if self.path.startswith('/to/'):
            self.send_response(302)
            self.send_header('Location', self.path.removeprefix('/to/'))
            self.end_headers()
            return
        self.send_response(200)
        self.send_header('Content-Length', str(len(CONTENT) + 10 * self.path.startswith('/cut')))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        server.requests = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.url = f'http://127.0.0.1:{server.server_port}'
        yield server
        server.shutdown()


def test_fetches_once(server, tmp_path):
    for _ in range(2):
        path = download(f'{server.url}/a-{HASH}.pth', tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.requests == 1


def test_a_spoilt_copy_is_fetched_again(server, tmp_path):
    (tmp_path / f'a-{HASH}.pth').write_bytes(b'spoilt')
    assert download(f'{server.url}/a-{HASH}.pth', tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ('name', 'message'),
    [('a-00000000.pth', 'hash'), ('none.pth', '404'), ('cut.pth', 'cut short|cannot be downloaded'), ('', 'no file')],
)
def test_failures_are_named_and_leave_nothing(server, tmp_path, name, message):
    with pytest.raises(InputError, match=message) as error:
        download(f'{server.url}/{name}', tmp_path)
    assert name in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('place', ['file:///etc/passwd', 'ftp://127.0.0.1/a.pth', 'data:text/plain/a.pth'])
def test_redirections_lead_to_http_alone(server, tmp_path, place):
    assert download(f'{server.url}/to/{server.url}/b.pth', tmp_path).read_bytes() == CONTENT
    with pytest.raises(InputError, match='not allowed|unknown url type'):
        download(f'{server.url}/to/{place}', tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ['b.pth']


@pytest.mark.parametrize('name', ['..', '.', '%2e%2e', '.hidden', 'a%00b', 'a%0ab', 300 * 'a'])
def test_names_that_no_file_should_have(server, tmp_path, name):
    with pytest.raises(InputError, match='names no file'):
        download(f'{server.url}/{name}', tmp_path / 'cache')
    assert server.requests == 0


def test_too_large(server, tmp_path, monkeypatch):
    monkeypatch.setattr('srcnn.engine.download.MAX_BYTES', len(CONTENT) - 1)
    with pytest.raises(InputError, match='more than the 6999 bytes allowed'):
        download(f'{server.url}/a.pth', tmp_path)


def test_too_slow(server, tmp_path, monkeypatch):
    monkeypatch.setattr('srcnn.engine.download.TIMEOUT', 1e-9)
    monkeypatch.setattr('srcnn.engine.download._opener', lambda: Patient())
    with pytest.raises(InputError, match='a.pth: only 1 bytes in'):
        download(f'{server.url}/a.pth', tmp_path)


class Patient:
    """A server that sends one byte, late."""

    headers: ClassVar[dict] = {}

    def open(self, url, timeout):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def read1(self, size):
        time.sleep(0.01)
        return b'w'


def test_no_folder_to_keep_it_in(server, tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match=r'cannot be kept in \S+file.* TORCH_HOME'):
        download(f'{server.url}/a.pth', tmp_path / 'file')


def test_no_server(tmp_path):
    with pytest.raises(InputError, match='cannot be downloaded'):
        download('http://127.0.0.1:9/a.pth', tmp_path)
