"""ONNX in 8 bits: every convolution with weights of its own computes in integers.

Three things keep the loss small. Numbers are made 8-bit after a layer's activation, not before it, which leaves
negative values out. Channels that share a scale are brought to one range. And weights are rounded one after the other,
each taking over the error of those before (Frantar et al., "GPTQ", arXiv:2210.17323): what counts is the error of the
sums over real pictures, not that of the weights.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from srcnn.apis.export import need, to_input
from srcnn.engine.write import whole_file
from srcnn.errors import InputError

# Weights use 7 bits: processors without VNNI instructions add two products in 16, which 8 would exceed.
_TOP_WEIGHT, _TOP = 63, 255
_ACTIVATIONS = ('Relu', 'Clip')
_DAMPING = 0.01  # of the mean of the diagonal, so that the sums can be inverted
_ROWS = 1024  # places of a picture, at most, from which the sums of a layer are taken


class _Layer(NamedTuple):
    """A convolution in the graph: the tensors it reads and writes, the latter after its activation."""

    node: Any
    source: str
    target: str
    follower: Any  # the node after a Relu (and a Pad), if it is the only one


def quantize(path: Path, out: Path, pictures: Sequence[np.ndarray]) -> None:
    """Write an 8-bit version of an ONNX file.

    The function is that of the file, in steps of 1/255. Enlargement by bicubic stays in float.

    Args:
        path: From :func:`srcnn.apis.export.export_model`.
        out: File to write.
        pictures: What the network is to work on, (h, w, C), low resolution: at least a few of another kind than
            those that it will be judged by. A small part of each, such as 32 x 32, is enough.

    Raises:
        InputError: No pictures, no convolution in the file, or a missing package.
    """
    need('onnx', 'onnxruntime')
    import onnx
    from onnx import numpy_helper

    if not pictures:
        raise InputError('8 bits need pictures to find out the range of the values from.')
    model = onnx.load(path)
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    layers = _find_layers(model.graph)
    if not layers:
        raise InputError(f'{path}: no convolution here that could be made 8-bit.')
    _even_out(model, layers, arrays, pictures)
    ranges, sums = _calibrate(model, layers, pictures)
    ranges[model.graph.output[0].name] = (0.0, 1.0)  # clamped, and as fine as a picture's pixels
    _rewrite(model.graph, layers, arrays, ranges, sums)
    onnx.checker.check_model(model)
    with whole_file(out) as part:
        part.write_bytes(model.SerializeToString())


def _find_layers(graph: Any) -> list[_Layer]:
    """Convolutions of the network; that of bicubic enlargement has no weights that were learned."""
    readers: dict[str, list] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    layers = []
    for node in graph.node:
        group = next((a.i for a in node.attribute if a.name == 'group'), 1)
        if node.op_type != 'Conv' or group != 1 or not node.input[1].startswith('network.'):
            continue
        following = readers.get(node.output[0], [])
        active = len(following) == 1 and following[0].op_type in _ACTIVATIONS
        target = following[0].output[0] if active else node.output[0]
        after = readers.get(target, []) if active and following[0].op_type == 'Relu' else []
        if len(after) == 1 and after[0].op_type == 'Pad':
            after = readers.get(after[0].output[0], [])
        layers.append(_Layer(node, node.input[0], target, after[0] if len(after) == 1 else None))
    return layers


def _even_out(model: Any, layers: Sequence[_Layer], arrays: dict, pictures: Sequence[np.ndarray]) -> None:
    """Bring the channels between two layers to one range, so that all have use of the 8 bits that they share.

    A Relu lets a factor through, so what divides the weights before it and multiplies those after it changes nothing
    (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", arXiv:1906.04721).
    """
    from onnx import numpy_helper

    by_output = {layer.node.output[0]: layer for layer in layers}
    used = Counter(layer.node.input[1] for layer in layers)
    pairs = [
        (layer, by_output[layer.follower.output[0]])
        for layer in layers
        if layer.follower is not None and layer.follower.output[0] in by_output and len(layer.node.input) == 3
    ]
    pairs = [pair for pair in pairs if all(used[layer.node.input[1]] == 1 for layer in pair)]
    largest: dict[str, np.ndarray] = {}
    for values in _run(model, [before.target for before, _ in pairs], pictures):
        for name, value in values.items():
            largest[name] = np.maximum(largest.get(name, 0), value.max((0, 2, 3)))
    for before, after in pairs:
        factor = np.maximum(largest[before.target], 0.01 * largest[before.target].max()).astype(np.float32)
        weight, bias = before.node.input[1], before.node.input[2]
        arrays[weight] = arrays[weight] / factor[:, None, None, None]
        arrays[bias] = arrays[bias] / factor
        arrays[after.node.input[1]] = arrays[after.node.input[1]] * factor[:, None, None]
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(arrays[tensor.name], tensor.name))


def _run(model: Any, names: Sequence[str], pictures: Sequence[np.ndarray]) -> Iterator[dict[str, np.ndarray]]:
    """For each picture, the values of tensors within the model."""
    import onnx
    import onnxruntime

    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    given = {output.name for output in model.graph.output}
    watched.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names if name not in given)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=['CPUExecutionProvider'])
    for picture in pictures if names else ():
        yield dict(zip(names, session.run(names, {'image': to_input(picture)})))


def _calibrate(model: Any, layers: Sequence[_Layer], pictures: Sequence[np.ndarray]) -> tuple[dict, dict]:
    """Over the pictures, the range of each tensor, and of each layer's input patches the sums of products."""
    names = sorted({name for layer in layers for name in (layer.source, layer.target)})
    kernels = {layer.node.name: _kernel(layer.node) for layer in layers}
    ranges: dict[str, tuple[float, float]] = dict.fromkeys(names, (0.0, 0.0))
    sums: dict[str, torch.Tensor] = {}
    for values in _run(model, names, pictures):
        for name, value in values.items():
            low, high = ranges[name]
            ranges[name] = min(low, float(value.min())), max(high, float(value.max()))
        for layer in layers:
            patches = F.unfold(torch.from_numpy(values[layer.source]), kernels[layer.node.name])[0].T
            patches = patches[:: -(-len(patches) // _ROWS)].contiguous()
            sums[layer.node.name] = sums.get(layer.node.name, 0) + (patches.T @ patches).double()
    return ranges, sums


def _kernel(node: Any) -> tuple[int, ...]:
    return next(tuple(a.ints) for a in node.attribute if a.name == 'kernel_shape')


def _rewrite(graph: Any, layers: Sequence[_Layer], arrays: Mapping, ranges: Mapping, sums: Mapping) -> None:
    """Put QuantizeLinear and DequantizeLinear round the layers, as runtimes look for them."""
    from onnx import helper, numpy_helper

    made, constants = [], []
    replaced: dict[str, str] = {}  # tensor to the same in 8 bits
    scales: dict[str, np.ndarray] = {}

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(value, name))
        return name

    output = graph.output[0].name
    for name in dict.fromkeys(name for layer in layers for name in (layer.source, layer.target)):
        low, high = ranges[name]
        scales[name] = np.array(max(high - low, 1e-6) / _TOP, np.float32)
        zero = np.array(round(-low / float(scales[name])), np.uint8)
        real = f'{name}_real' if name == output else name  # whose name is the file's promise
        ends = [constant(f'{name}_scale', scales[name]), constant(f'{name}_zero', zero)]
        replaced[name] = name if name == output else f'{name}_8bit'
        made.append(helper.make_node('QuantizeLinear', [real, *ends], [f'{name}_whole'], f'{name}_quantize'))
        made.append(
            helper.make_node('DequantizeLinear', [f'{name}_whole', *ends], [replaced[name]], f'{name}_dequantize')
        )
    for layer in layers:
        whole, scale = round_weights(arrays[layer.node.input[1]], sums[layer.node.name])
        name = layer.node.input[1]
        ends = [constant(f'{name}_whole', whole), constant(f'{name}_scale', scale)]
        made.append(helper.make_node('DequantizeLinear', ends, [f'{name}_8bit'], f'{name}_dequantize', axis=0))
        layer.node.input[0], layer.node.input[1] = replaced[layer.source], f'{name}_8bit'
        if len(layer.node.input) > 2:
            name, step = layer.node.input[2], scale * scales[layer.source]
            bias = np.round(arrays[name] / step).clip(-(2**31), 2**31 - 1).astype(np.int32)
            ends = [constant(f'{name}_whole', bias), constant(f'{name}_scale', step)]
            made.append(helper.make_node('DequantizeLinear', ends, [f'{name}_32bit'], f'{name}_dequantize', axis=0))
            layer.node.input[2] = f'{name}_32bit'
    _replace_nodes(graph, made, output if output in replaced else None)
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend([*kept, *constants])


def _replace_nodes(graph: Any, made: Sequence[Any], output: str | None) -> None:
    """Add nodes to the graph, and sort it: a node comes after those whose results it reads."""
    nodes = list(graph.node)
    for node in nodes if output else ():
        node.output[:] = [f'{name}_real' if name == output else name for name in node.output]
    waiting = [*nodes, *made]
    pending = {name for node in waiting for name in node.output}
    done = []
    while waiting:
        ready = [node for node in waiting if not pending & set(node.input)]
        pending -= {name for node in ready for name in node.output}
        done += ready
        waiting = [node for node in waiting if pending & set(node.output)]
    del graph.node[:]
    graph.node.extend(done)


def round_weights(weight: np.ndarray, sums: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Weights as 7-bit numbers and a scale for each filter.

    Args:
        weight: (to, from, k, k) float.
        sums: (from*k*k, from*k*k), patches^T patches of the layer's input.

    Returns:
        (to, from, k, k) int8, and (to,) float32 by which they are to be multiplied.
    """
    rest = torch.tensor(weight).flatten(1).double()
    scale = rest.abs().amax(1).clamp(min=1e-12).float() / _TOP_WEIGHT
    order = sums.diagonal().argsort(descending=True)
    rest, sums = rest[:, order], sums[order][:, order]
    sums = sums + torch.eye(len(sums)) * (_DAMPING * sums.diagonal().mean() + 1e-12)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(sums))
    passed_on = torch.linalg.cholesky(inverse, upper=True)
    whole = torch.zeros_like(rest)
    for i in range(rest.shape[1]):
        whole[:, i] = (rest[:, i] / scale).round().clamp(-_TOP_WEIGHT, _TOP_WEIGHT)
        error = (rest[:, i] - whole[:, i] * scale) / passed_on[i, i]
        rest[:, i:] -= error[:, None] * passed_on[i, i:]
    ordered = torch.zeros_like(whole)
    ordered[:, order] = whole
    return ordered.to(torch.int8).view(weight.shape).numpy(), scale.numpy()
