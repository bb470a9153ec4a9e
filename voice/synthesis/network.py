"""Opening an ONNX network as the voices need it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onnxruntime

from core.resilience import give_way


def open_network(network: Path | bytes) -> onnxruntime.InferenceSession:
    """Load a file or its bytes on the CPU, on two threads: more gain little and starve the event loop.

    Its own threads give way, as those of a `core.resilience.patient_lane` do: the next clause is made while this one
    is played, and who interrupts it must be heard at once.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3  # its warnings are about shapes that are meant to vary
    source = network if isinstance(network, bytes) else str(network)
    with ThreadPoolExecutor(1, initializer=give_way) as opening:  # threads take the priority of who starts them
        return opening.submit(
            onnxruntime.InferenceSession, source, options, providers=["CPUExecutionProvider"]
        ).result()
