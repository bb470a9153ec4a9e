"""How fast photos find products in a large catalogue, and how much of the encoder's own speed is left.

The catalogue is drawn from real looks: each made-up picture is a real one, moved a little way along a random
mixture of the differences between real ones (a smoothed bootstrap: Efron 1982), so that the vectors keep
the mean and the covariance of real ones. A made-up photo is a made-up picture plus what imitating a customer's
photo did to the real picture behind it.
"""

from __future__ import annotations

import asyncio
import io
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import ConfigError
from core.ports import ImageEncoder, Picture
from perception.seeing.catalogue import CataloguePicture, Catalogued, catalogued_keys
from perception.seeing.distort import distorted
from perception.seeing.look_book import LookBook
from perception.seeing.looks import Looks, look_at
from perception.seeing.pixels import open_picture
