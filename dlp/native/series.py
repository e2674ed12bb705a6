"""Columns of polars to native code and back, without a copy: Arrow's C stream, by ctypes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp.native import library

type Marks = npt.NDArray[np.bool_]
type Argument = npt.NDArray[np.generic] | bytes | int | pl.Series

_NAME = b"arrow_array_stream"
_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype, _capsule.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


class _Exported:
    """A column made by native code, as polars takes one over."""

    def __init__(self, made: ctypes.c_void_p) -> None:
        assert library is not None
        self._stream = (ctypes.c_void_p * 5)()
        if library.made_export(made, self._stream):
            raise MemoryError("a column made by native code")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _capsule(ctypes.addressof(self._stream), _NAME, None)


def call(name: str, cells: pl.Series, *more: Argument) -> tuple[pl.Series, Marks] | None:
    """What a function makes of a column, and which cells it left; None where it made nothing, or there is none.

    Every function takes the column, its length, the marks of what it leaves, what is in `more`, and where to put what
    it made; it gives the number of cells it left.
    """
    if library is None or cells.dtype != pl.String or cells.len() >= 1 << 30:
        return None
    column, *others = held = [_stream(one) if isinstance(one, pl.Series) else one for one in (cells, *more)]
    hard, made = np.zeros(cells.len(), np.bool_), ctypes.c_void_p()
    function = getattr(library, name)
    function.restype = ctypes.c_int64
    left = function(_passed(column), *_placed(others, cells.len(), hard), ctypes.byref(made))
    del held
    if left < 0:
        return None
    return pl.Series(cells.name, _Exported(made)), hard


def _placed(more: Sequence[object], rows: int, hard: Marks) -> list[object]:
    """Arguments in the order of the functions: other columns stand beside the first."""
    columns = [_passed(one) for one in more if _is_stream(one)]
    return [*columns, ctypes.c_int64(rows), _passed(hard), *(_passed(one) for one in more if not _is_stream(one))]


def _is_stream(one: object) -> bool:
    return not isinstance(one, np.ndarray | bytes | int)


def _stream(cells: pl.Series) -> object:
    return cells.rechunk().__arrow_c_stream__()


def _passed(one: object) -> object:
    if isinstance(one, np.ndarray):
        return ctypes.c_void_p(one.ctypes.data)
    if isinstance(one, bytes):
        return ctypes.c_char_p(one)
    if isinstance(one, int):
        return ctypes.c_int64(one)
    return ctypes.c_void_p(_pointer(one, _NAME))
