"""EfficientNet-lite0 as an ONNX graph, written from its PyTorch checkpoint without PyTorch.

Architecture: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from core.errors import ModelMissingError
from learning.models.checkpoint import read_tensors

CHECKPOINT = "efficientnet-lite0.pth"
GRAPH = "efficientnet-lite0.onnx"

_SIZE = 224
"""Pixels of each side of the input."""
_MEAN, _SCALE = 127.0, 128.0
"""Pixel values are taken to (value - 127) / 128, as in the training."""
_EPSILON = 1e-3
"""Of batch normalisation in the TensorFlow family (PyTorch's own is 1e-5)."""

_STAGES = ((3, 1, 1), (3, 2, 2), (5, 2, 2), (3, 2, 3), (5, 1, 3), (5, 2, 4), (3, 1, 1))
"""Kernel, stride of the first block, number of blocks."""

_Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes and weights written so far."""

    weights: Mapping[str, NDArray[np.generic]]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, x: str, conv: str, norm: str, *, stride: int = 1, relu6: bool = True) -> str:
        """Add convolution, folded batch normalisation and ReLU6; returns the output's name."""
        kernel = _folded(self.weights, conv, norm)
        size = kernel[0].shape[-1]
        depthwise = kernel[0].shape[1] == 1 and kernel[0].shape[0] > 1 and size > 1
        total = size - stride  # "SAME" as TensorFlow means it: with an even input the odd pixel goes to the end
        before, after = total // 2, total - total // 2
        inputs = [x, self.constant(f"{conv}.w", kernel[0]), self.constant(f"{conv}.b", kernel[1])]
        out = self.node(
            "Conv",
            inputs,
            f"{conv}.conv",
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=kernel[0].shape[0] if depthwise else 1,
        )
        return self.node("Clip", [out, "zero", "six"], f"{conv}.relu6") if relu6 else out


def export(folder: Path) -> None:
    """Write efficientnet-lite0.onnx beside the checkpoint in `folder`.

    The graph takes `pictures`, uint8 RGB of shape (n, 224, 224, 3), any n, and returns `features`,
    float32 (n, 1280): the globally pooled last layer; and `activity`, float32 (n, 7, 7): how strongly
    each place of the picture took part in them. Raises `ModelMissingError` when the checkpoint is
    missing, damaged or of another network.
    """
    checkpoint = folder / CHECKPOINT
    if not checkpoint.is_file():
        raise ModelMissingError(f"{checkpoint} is not there. Fetch it with: zhanggui models pull {folder.name}")
    try:
        model = _model(read_tensors(checkpoint))
    except KeyError as error:
        raise ModelMissingError(f"{checkpoint} is no EfficientNet-lite0: it has no {error}") from error
    unfinished = folder / f"{GRAPH}.part"
    onnx.save(model, str(unfinished))
    unfinished.replace(folder / GRAPH)


def _model(weights: Mapping[str, NDArray[np.generic]]) -> onnx.ModelProto:
    graph = _Graph(weights)
    graph.constant("zero", np.array(0, np.float32))
    graph.constant("six", np.array(6, np.float32))
    x = _pixels(graph)
    x = graph.convolution(x, "_conv_stem", "_bn0", stride=2)
    number = 0
    for kernel, first_stride, repeats in _STAGES:
        for repeat in range(repeats):
            x = _block(graph, x, f"_blocks.{number}", kernel, first_stride if repeat == 0 else 1, residual=repeat > 0)
            number += 1
    x = graph.convolution(x, "_conv_head", "_bn1")
    graph.node("ReduceMean", [x, graph.constant("places", np.array([2, 3]))], "features", keepdims=0)
    graph.node("ReduceL2", [x, graph.constant("channels", np.array([1]))], "activity", keepdims=0)
    proto = helper.make_graph(
        graph.nodes,
        "efficientnet-lite0",
        [helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", _SIZE, _SIZE, 3])],
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 1280]),
            helper.make_tensor_value_info("activity", TensorProto.FLOAT, ["n", 7, 7]),
        ],
        graph.constants,
    )
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _pixels(graph: _Graph) -> str:
    """Normalise inside the graph, so that no caller can do it wrong."""
    x = graph.node("Cast", ["pictures"], "values", to=TensorProto.FLOAT)
    x = graph.node("Transpose", [x], "planes", perm=[0, 3, 1, 2])
    x = graph.node("Sub", [x, graph.constant("mean", np.array(_MEAN, np.float32))], "centred")
    return graph.node("Mul", [x, graph.constant("scale", np.array(1 / _SCALE, np.float32))], "normalised")


def _block(graph: _Graph, x: str, name: str, kernel: int, stride: int, *, residual: bool) -> str:
    """Add an inverted residual block: widen, filter each channel, narrow."""
    y = x
    if f"{name}._expand_conv.weight" in graph.weights:
        y = graph.convolution(y, f"{name}._expand_conv", f"{name}._bn0")
    if graph.weights[f"{name}._depthwise_conv.weight"].shape[-1] != kernel:
        raise KeyError(f"{name} with a kernel of {kernel}")
    y = graph.convolution(y, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride)
    y = graph.convolution(y, f"{name}._project_conv", f"{name}._bn2", relu6=False)
    return graph.node("Add", [x, y], f"{name}.sum") if residual else y


def _folded(weights: Mapping[str, NDArray[np.generic]], conv: str, norm: str) -> tuple[_Weights, _Weights]:
    """Fold batch normalisation into the convolution before it: kernel (out, in, k, k) and bias (out,)."""
    gain = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"].astype(np.float64) + _EPSILON)
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * gain
    kernel = weights[f"{conv}.weight"] * gain[:, None, None, None]
    return kernel.astype(np.float32), bias.astype(np.float32)
