"""Opening an ONNX file as the voices need it."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_network(file: Path) -> onnxruntime.InferenceSession:
    """Load `file` on the CPU, on two threads: more of them gain little and starve the event loop."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3  # its warnings are about shapes that are meant to vary
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
