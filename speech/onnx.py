"""What onnxruntime raises: eleven exceptions without a root of their own."""

from __future__ import annotations


def onnx_errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """To be caught, with ``others``, when a model is loaded or run, and turned into EngineFailed."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return (*own, RuntimeError, ValueError, *others)
