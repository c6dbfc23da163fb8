"""A page in the browser: a picture is dropped on it, and comes back enlarged. Nothing leaves the machine it runs on."""

import html
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcnn.apis.upscaler import Upscaler
from srcnn.apis.web_picture import Limits, enlarge_file
from srcnn.errors import InputError

if TYPE_CHECKING:
    import gradio
    from fastapi import FastAPI

LIMITS = Limits()
KEPT_SECONDS = 3600  # how long a picture stays on the disk, for whoever has the page open

_HEADING = """
<h1>Enlarge a picture</h1>
<p>A trained network enlarges it, sharper than ordinary interpolation does. Drop a picture, then drag the line to
compare the two; the mouse wheel or two fingers zoom in. Pictures stay on the machine that runs this page.</p>
"""
_SIDES = '<div><span>◂ ordinary (bicubic)</span><span>by the network ▸</span></div>'
_CSS = """
.gradio-container { max-width: 1240px !important; }
.heading .html-container, .sides .html-container, .result .html-container { padding: 0 !important; }
.heading h1 { font-size: 1.75rem; font-weight: 650; margin: .6rem 0 .3rem; }
.heading p { max-width: 47rem; margin: 0 0 .6rem; line-height: 1.5; }
.sides div:has(> span) { display: flex; justify-content: space-between; font-weight: 600; }
.stage:not(:has(img)) { min-height: min(26rem, 40vh); }
.result { align-items: center; }
.result > * { flex: 2 1 24rem !important; min-width: min(100%, 15rem) !important; }
.result > button { flex: 1 1 15rem !important; }
"""


def serve(
    models: Mapping[str, Upscaler], *, host: str = '127.0.0.1', port: int = 7860, limits: Limits = LIMITS
) -> None:
    """Serve the page until SIGINT or SIGTERM; its address is printed.

    Args:
        models: Networks to choose from, by the name that the page shows; the first is chosen at the start.
        host: Address to listen at; the default is reached from this machine alone, '0.0.0.0' from the whole network.
        port: 0 for any that is free.
        limits: What the page takes.

    Raises:
        InputError: Gradio is not installed, ``models`` is empty, or nothing can listen there.
    """
    with _listen(host, port) as listener:
        app = make_app(models, limits)
        import uvicorn

        config = uvicorn.Config(app, log_level='warning', timeout_graceful_shutdown=2)
        address = f'[{host}]' if ':' in host else host
        print(f'The page is at http://{address}:{listener.getsockname()[1]} until Ctrl+C.', flush=True)
        uvicorn.Server(config).run(sockets=[listener])


def make_app(models: Mapping[str, Upscaler], limits: Limits = LIMITS) -> 'FastAPI':
    """The page as an ASGI application, to be served once, by any server; see :func:`serve`.

    It loads nothing from elsewhere and reports to nobody. Pictures are kept in a folder of its own, for an hour at most
    and until it ends.

    Raises:
        InputError: Gradio is not installed, or ``models`` is empty.
    """
    if not models:
        raise InputError('The page needs a network: give a checkpoint.')
    folder = tempfile.mkdtemp(prefix='srcnn-page-')
    os.environ['GRADIO_TEMP_DIR'] = folder  # read while gradio is imported, and when a page is made
    os.environ['GRADIO_ANALYTICS_ENABLED'] = 'False'
    try:
        import gradio
        from fastapi import FastAPI
    except ImportError as error:
        os.rmdir(folder)
        raise InputError(f'The page needs Gradio: pip install "srcnn[web]" ({error}).') from None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        shutil.rmtree(folder, ignore_errors=True)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    return gradio.mount_gradio_app(
        app,
        make_page(models, limits),
        path='/',
        theme=gradio.themes.Soft(primary_hue='blue', font=('system-ui', 'sans-serif'), font_mono=('monospace',)),
        css=_CSS,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=int(limits.megabytes * 2**20),
    )


def make_page(models: Mapping[str, Upscaler], limits: Limits = LIMITS) -> 'gradio.Blocks':
    """What is on the page, and what happens there."""
    import gradio

    page = gradio.Blocks(title='Enlarge a picture', analytics_enabled=False, delete_cache=(60, KEPT_SECONDS))
    with page:
        gradio.HTML(_HEADING, elem_classes='heading')
        with gradio.Row():
            with gradio.Column(scale=1, min_width=280):
                file = gradio.File(label='Picture', height=170)
                model = gradio.Dropdown(list(models), label='Network', visible=len(models) > 1)
            with gradio.Column(scale=3, min_width=320):
                gradio.HTML(_SIDES, elem_classes='sides')
                slider = gradio.ImageSlider(
                    show_label=False, interactive=False, max_height=560, buttons=['fullscreen'], elem_classes='stage'
                )
                with gradio.Row(elem_classes='result'):
                    about = gradio.HTML()
                    download = gradio.DownloadButton('Download the result', variant='primary', interactive=False)
        source = gradio.State()
        places, enlarge = [slider, download, about], _handler(models, limits)
        # The field is emptied at once, or the next picture could not be dropped on it.
        dropped = file.upload(lambda path: (None, path), file, [file, source], queue=False, api_visibility='private')
        for event in (dropped.then, model.input):
            event(enlarge, [source, model], places, show_progress_on=slider, api_visibility='private')
    return page.queue(default_concurrency_limit=1, max_size=20, api_open=False)


def _handler(models: Mapping[str, Upscaler], limits: Limits) -> Callable[[str | None, str], Iterator[list[Any]]]:
    """What the page does with a file: empty the places of an earlier result, then fill them, or say what is wrong."""
    import gradio

    def handle(path: str | None, model: str) -> Iterator[list[Any]]:
        """Contents of the slider, the download button and the text below; first none, then those of the result."""
        nothing = [None, gradio.DownloadButton(value=None, interactive=False)]
        yield [*nothing, '']
        if path is None:
            return
        # Gradio copies what it is given, so that nothing needs to stay here.
        with tempfile.TemporaryDirectory(prefix='srcnn-') as folder:
            try:
                shown, result, about, doubt = enlarge_file(models[model], Path(path), Path(folder), limits)
            except InputError as error:
                message = _said_of(path, error)
                yield [*nothing, message]  # stays when the other one goes
                raise gradio.Error(message, print_exception=False) from None
            if len(models) > 1:
                about = f'{about}<br>network: {html.escape(model)}'
            if doubt:
                about = f'{about}<br>{_said_of(path, doubt)}'
            yield [shown, gradio.DownloadButton(value=result, interactive=True), about]

    return handle


def _said_of(path: str, message: object) -> str:
    """As HTML, without the folder that the page has put the file in."""
    return html.escape(str(message).replace(path, Path(path).name))


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f'{host}: nothing can listen at port {port} ({reason}); --port 0 takes a free one.') from None
