"""Opening an ONNX network as the voices need it."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_network(network: Path | bytes) -> onnxruntime.InferenceSession:
    """Load a file or its bytes on the CPU, on two threads: more gain little and starve the event loop."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3  # its warnings are about shapes that are meant to vary
    source = network if isinstance(network, bytes) else str(network)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
