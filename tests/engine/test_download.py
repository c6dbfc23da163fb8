import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from srcnn import InputError
from srcnn.engine.download import download

CONTENT = b'weights' * 1000
HASH = hashlib.sha256(CONTENT).hexdigest()[:8]


class Handler(BaseHTTPRequestHandler):
    """/cut… promises more than it sends; /none… is not there; anything else is CONTENT."""

    def do_GET(self):
        self.server.requests += 1
        if self.path.startswith('/none'):
            self.send_error(404)
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


def test_no_server(tmp_path):
    with pytest.raises(InputError, match='cannot be downloaded'):
        download('http://127.0.0.1:9/a.pth', tmp_path)
