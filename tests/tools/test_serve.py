"""The page in the browser, in a real one: Chromium, without a window."""

import base64
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from srcnn.apis import Upscaler
from srcnn.image.io import read_image, write_image
from tests.apis.test_upscaler import network
from tests.conftest import make_image

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)
QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

# What the browser does when a file is dropped on an element
DROP = """(element, [data, name]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name));
    element.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope='module')
def checkpoints(tmp_path_factory) -> dict[str, Path]:
    """Two networks."""
    folder = tmp_path_factory.mktemp('checkpoints')
    paths = {}
    for name, channels in (('colour', 3), ('luma', 1)):
        paths[name] = folder / f'{name}.pth'
        model = {'generator.' + key: value for key, value in network(channels=channels).state_dict().items()}
        torch.save({'state_dict': model}, paths[name])
    return paths


@pytest.fixture(scope='module')
def address(checkpoints, tmp_path_factory):
    """Of the page, which is served by the tool; it must not leave anything behind."""
    if find_spec('gradio') is None:  # importing it takes seconds
        pytest.skip('Gradio is not installed: pip install "srcnn[web]"')
    if CHROMIUM is None:
        pytest.skip('Chromium is not installed; on Debian and Ubuntu: apt-get install chromium')
    folder = tmp_path_factory.mktemp('served')
    command = [sys.executable, ROOT / 'tools/serve.py', '--port', '0', '--scale', '2', '--device', 'cpu']
    command += ['--model', *checkpoints.values(), '--max-megapixels', '0.1']
    environment = {**os.environ, 'TMPDIR': str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment) as server:
        try:
            line = server.stdout.readline()
            assert line.startswith('The page is at http://127.0.0.1:')
            yield line.split()[4]
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
        finally:
            server.kill()
    assert list(folder.iterdir()) == []


@pytest.fixture(scope='module')
def browser():
    playwright = pytest.importorskip(
        'playwright.sync_api', reason='Playwright is not installed: pip install playwright'
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(address, browser):
    """The page, ready; it must not ask for anything from elsewhere."""
    with browser.new_page() as page:
        hosts = set()
        page.on('request', lambda request: hosts.add(request.url.split('/')[2]))
        page.goto(address)
        yield page
        assert hosts == {address.removeprefix('http://')}


def drop(page, path):
    zone = page.locator('button', has=page.locator('input[type=file]'))
    zone.evaluate(DROP, [base64.b64encode(path.read_bytes()).decode(), path.name])


def download(page, path) -> np.ndarray:
    with page.expect_download() as download:
        page.locator('button:not([disabled])', has_text='Download the result').click()
    download.value.save_as(path)
    assert download.value.suggested_filename == 'drawing_x2.png'
    return read_image(path)


def assert_the_same(found: np.ndarray, expected: np.ndarray) -> None:
    """But for one of 65,535 levels: the two processes may have different numbers of threads, and sums another order."""
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found.astype(int), expected.astype(int), rtol=0, atol=1)


def test_a_picture(page, checkpoints, tmp_path):
    """16 bit and alpha, which the page itself cannot show; with one network and the other."""
    img = make_image(40, 56).astype(np.uint16) * 257
    img = np.concatenate([img, np.full((40, 56, 1), 65535, np.uint16)], axis=2)
    img[10:20, 10:20, 3] = 0
    write_image(tmp_path / 'drawing.png', img)
    drop(page, tmp_path / 'drawing.png')
    page.get_by_text('112 x 80 pixels, RGBA, 16 bits per channel').wait_for()
    expected = Upscaler(checkpoints['colour'], scale=2, device='cpu')(img)
    assert_the_same(download(page, tmp_path / 'colour.png'), expected)
    sizes = page.locator('.stage img').evaluate_all('all => all.map(img => [img.naturalWidth, img.naturalHeight])')
    assert sizes == [[112, 80]] * 2

    page.get_by_label('Network').click()
    page.get_by_role('option', name='luma').click()
    page.get_by_text('network: luma').wait_for()
    expected = Upscaler(checkpoints['luma'], scale=2, device='cpu')(img)
    assert_the_same(download(page, tmp_path / 'luma.png'), expected)


def test_no_picture(page, tmp_path):
    """One message; and the page goes on."""
    (tmp_path / 'notes.png').write_text('Milk, bread')
    drop(page, tmp_path / 'notes.png')
    message = 'notes.png is no PNG'
    page.locator('.toast-body', has_text=message).wait_for()
    page.locator('.result', has_text=message).wait_for()
    assert page.locator('button[disabled]', has_text='Download the result').count() == 1
    write_image(tmp_path / 'large.png', make_image(160, 160))
    drop(page, tmp_path / 'large.png')
    page.locator('.toast-body', has_text='the limit of this page is 0.1 million').wait_for()
    write_image(tmp_path / 'drawing.png', make_image(40, 56))
    drop(page, tmp_path / 'drawing.png')
    assert download(page, tmp_path / 'result.png').shape == (80, 112, 3)
    assert message not in page.locator('.result').inner_text()


def test_names_of_networks(call, checkpoints, monkeypatch):
    served = {}
    monkeypatch.setattr('srcnn.apis.web.serve', lambda models, **options: served.update(models, options=options))
    options = ('--scale', 2, '--device', 'cpu', '--port', 8000, '--max-megabytes', 7)
    luma = checkpoints['luma']
    assert call('serve.py', '--model', checkpoints['colour'], f'sharp={luma}', *options).status == 0
    assert [served[name].channels for name in ('colour', 'sharp')] == [3, 1]
    assert served['options'] == {'host': '127.0.0.1', 'port': 8000, 'limits': (7, 100)}
    done = call('serve.py', '--model', luma, luma, *options)
    assert done.status == 1
    assert 'two are called luma' in done.errors[0]
