"""Training: models from labelled data, in minutes on two cores."""

from __future__ import annotations

from importlib.util import find_spec

from core.errors import BackendError

_LIBRARIES = {"scipy": "scipy", "sklearn": "scikit-learn", "pycrfsuite": "python-crfsuite"}


def require_libraries() -> None:
    """Raise `BackendError`, which names the extra to install, unless all that training needs is there.

    The clerk itself needs none of it, so that the default install does without.
    """
    missing = [package for library, package in _LIBRARIES.items() if find_spec(library) is None]
    if missing:
        raise BackendError(f'training needs {", ".join(missing)}, not installed here: pip install "zhanggui[train]"')
