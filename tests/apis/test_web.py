import socket
import sys
import tempfile

import pytest

from srcnn import InputError
from srcnn.apis.web import make_app, serve
from tests.apis.test_upscaler import upscaler


def test_without_gradio_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, 'gradio', None)
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path))
    for name in ('GRADIO_TEMP_DIR', 'GRADIO_ANALYTICS_ENABLED'):
        monkeypatch.setenv(name, '')  # to be put back
    with pytest.raises(InputError, match=r'pip install "srcnn\[web\]"'):
        make_app({'a': upscaler()})
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken():
    with socket.create_server(('127.0.0.1', 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=rf'127\.0\.0\.1: nothing can listen at port {port} .*--port'):
            serve({'a': upscaler()}, port=port)


def test_no_network():
    with pytest.raises(InputError, match='needs a network'):
        make_app({})
