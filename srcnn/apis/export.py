"""A network as a file for other programs: ONNX, or torch.export.

Both hold one function, ``image`` to ``enlarged``: (N, C, h, w) to (N, C, h*scale, w*scale), float32, 0..1, of any N, h
and w; the result is clamped, not rounded. C is 3 (RGB) or 1 (Y or gray), as the network was trained.
"""

import copy
import io
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from srcnn.engine.write import whole_file
from srcnn.errors import InputError
from srcnn.evaluation import PSNR
from srcnn.models import SuperResolver

OPSET = 18
SUFFIXES = ('.onnx', '.pt2')

# (N, C, h, w) to (N, C, h*scale, w*scale), float32, 0..1
Enlarge = Callable[[np.ndarray], np.ndarray]


class Comparison(NamedTuple):
    """Mean PSNR of a model and of its export over the same pictures, and how far apart their outputs are at most."""

    model: float
    exported: float
    difference: float
    pictures: int


def export_model(model: SuperResolver, path: Path) -> None:
    """Write a model as ONNX (.onnx, opset 18) or torch.export (.pt2), for pictures of any size.

    In ONNX, bicubic enlargement is a convolution, which every runtime has, exactly and fast. The operator that is meant
    for it, Resize, is neither: ONNX Runtime takes longer for it than for the rest of SRCNN, and converters to other
    formats give it other coefficients.

    Args:
        model: As trained; it is not changed.
        path: File to write.

    Raises:
        InputError: Another suffix, a missing package, or a network that torch cannot export.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(f'{path}: the name must end in .onnx, or .pt2 for torch.export.')
    module = ExportedModule(model).eval()
    channels = input_channels(model)
    example = torch.rand(2, channels, 24, 20)
    size = {0: torch.export.Dim('n'), 2: torch.export.Dim('height'), 3: torch.export.Dim('width')}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with whole_file(path) as part, torch.no_grad(), _quiet():
            if path.suffix == '.pt2':
                buffer = io.BytesIO()  # for a file, torch asks for a name in .pt2
                torch.export.save(torch.export.export(module, (example,), dynamic_shapes=(size,)), buffer)
                part.write_bytes(buffer.getvalue())
            else:
                need('onnx', 'onnxscript')
                _write_onnx(module, example, size, part)
    except (torch.onnx.OnnxExporterError, RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(f'{type(model.generator).__name__} cannot be exported to {path.suffix}: {reason}') from error


def open_exported(path: Path) -> Enlarge:
    """The function in a file that ``export_model`` or ``quantize`` has written, on the CPU.

    Raises:
        InputError: No such file, or a missing package.
    """
    if not path.is_file():
        raise InputError(f'{path}: no such file.')
    if path.suffix == '.pt2':
        program = torch.export.load(path).module()
        return lambda image: program(torch.from_numpy(image)).detach().numpy()
    need('onnxruntime')
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    return lambda image: session.run(None, {'image': image})[0]


@torch.inference_mode()
def compare(model: SuperResolver, exported: Enlarge, pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Comparison:
    """Score a model and its export.

    Args:
        model: As trained.
        exported: See :func:`open_exported`.
        pairs: Originals and their low-resolution pictures, (H, W, C) and (h, w, C) uint8 or uint16.

    Returns:
        PSNR rounded to 8 bit, ``scale`` border pixels cropped, all channels together.
    """
    module = ExportedModule(model).eval()
    metric = PSNR(crop_border=model.scale)
    scores, differences = [], []
    for original, small in pairs:
        image = to_input(small)
        outputs = module(torch.from_numpy(image)).numpy(), exported(image)
        scores.append([metric.score(torch.from_numpy(output[0] * 255), _chw(original)) for output in outputs])
        differences.append(float(abs(outputs[0] - outputs[1]).max()))
    if not scores:
        raise InputError('There is no picture to compare the model and its export on.')
    model_score, exported_score = np.mean(scores, axis=0)
    return Comparison(float(model_score), float(exported_score), max(differences), len(scores))


def to_input(picture: np.ndarray) -> np.ndarray:
    """(h, w, C) uint8 or uint16 to (1, C, h, w) float32, 0..1: what an exported model takes."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32) / np.iinfo(picture.dtype).max


def need(*packages: str) -> None:
    """Raise InputError, which names the extra, unless these are installed."""
    if missing := [name for name in packages if find_spec(name) is None]:
        raise InputError(f'This needs {missing[0]}, which is not installed: pip install "srcnn[export]"')


class ExportedModule(nn.Module):
    """Network and normalisation of a model, for pixels 0..1, apart from the model that they are copied from."""

    def __init__(self, model: SuperResolver) -> None:
        super().__init__()
        preprocessor = model.data_preprocessor
        self.network = copy.deepcopy(model.generator).cpu().float().to(memory_format=torch.contiguous_format)
        self.mean, self.std = preprocessor.mean.cpu() / 255, preprocessor.std.cpu() / 255
        self.plain = bool((self.mean == 0).all() and (self.std == 1).all())

    def forward(self, image: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C, h*scale, w*scale), 0..1."""
        if self.plain:
            return self.network(image).clamp(0, 1)
        return (self.network((image - self.mean) / self.std) * self.std + self.mean).clamp(0, 1)


def _write_onnx(module: nn.Module, example: Tensor, size: dict, path: Path) -> None:
    with _BicubicByConvolution():
        torch.onnx.export(
            module,
            (example,),
            path,
            dynamo=True,
            external_data=False,
            input_names=['image'],
            output_names=['enlarged'],
            dynamic_shapes=(size,),
            opset_version=OPSET,
            verbose=False,
        )


class _BicubicByConvolution(TorchFunctionMode):
    """While active, bicubic enlargement by a whole number is a convolution, in float32."""

    def __torch_function__(self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        options = kwargs or {}
        if func is torch.Tensor.double:  # only there to make `interpolate` exact, which this is
            return args[0]
        if func is F.interpolate and options.get('mode') == 'bicubic' and not options.get('align_corners'):
            scale = options.get('scale_factor')
            if isinstance(scale, int | float) and scale == int(scale) and scale > 1:
                return bicubic_by_convolution(args[0], int(scale), -0.5 if options.get('antialias') else -0.75)
        return func(*args, **options)


def bicubic_by_convolution(x: Tensor, scale: int, a: float) -> Tensor:
    """Bicubic enlargement by a whole number, edges replicated: torch's for a = -0.75, with antialias for a = -0.5.

    Each of the scale*scale pixels that one becomes is a weighted sum of its 5 x 5 neighbours.

    Args:
        x: (N, C, h, w), float32.
        scale: From 2.
        a: The cubic's coefficient.

    Returns:
        (N, C, h*scale, w*scale).
    """
    channels = x.shape[1]
    phases = (torch.arange(scale, dtype=torch.float64) + 0.5) / scale - 0.5
    distance = (phases[:, None] - torch.arange(-2, 3)).abs()
    near = (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    far = a * (distance**3 - 5 * distance**2 + 8 * distance - 4)
    weights = torch.where(distance <= 1, near, torch.where(distance < 2, far, 0.0))
    kernel = torch.einsum('yi,xj->yxij', weights, weights).reshape(scale * scale, 1, 5, 5)
    padded = F.pad(x, [2] * 4, mode='replicate')
    return F.pixel_shuffle(F.conv2d(padded, kernel.to(x.dtype).repeat(channels, 1, 1, 1), groups=channels), scale)


def input_channels(model: SuperResolver) -> int:
    """Of the network's input: the first convolution says it."""
    first = next((layer for layer in model.generator.modules() if isinstance(layer, nn.Conv2d)), None)
    if first is None:
        raise InputError(f'{type(model.generator).__name__}: a network without convolutions cannot be exported.')
    return first.in_channels


def _chw(image: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the exporter says of packages that are not there, and of itself."""
    logger = logging.getLogger('torch.onnx')
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            yield
    finally:
        logger.setLevel(level)
