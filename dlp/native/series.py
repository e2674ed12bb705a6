"""Columns of polars to native code and back, without a copy: Arrow's C stream, by ctypes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp import native

type Marks = npt.NDArray[np.bool_]
type Argument = npt.NDArray[np.generic] | bytes | int | pl.Series

_TEXT = pl.String()
_NAME = b"arrow_array_stream"
_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype, _capsule.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


class _Exported:
    """A column made by native code, as polars takes one over."""

    def __init__(self, made: ctypes.c_void_p) -> None:
        assert native.library is not None
        self._stream = (ctypes.c_void_p * 5)()
        if native.library.made_export(made, self._stream):
            raise MemoryError("a column made by native code")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _capsule(ctypes.addressof(self._stream), _NAME, None)


def call(name: str, cells: pl.Series, *more: Argument) -> tuple[pl.Series, Marks] | None:
    """What a function makes of a column, and which cells it left; None where it made nothing, or there is none.

    Every function takes the column, its length, the marks of what it leaves, what is in `more`, and where to put what
    it made; it gives the number of cells it left.
    """
    if native.library is None or cells.dtype != pl.String or cells.len() >= 1 << 30:
        return None
    hard, made = np.zeros(cells.len(), np.bool_), ctypes.c_void_p()
    columns = [one for one in more if isinstance(one, pl.Series)]
    if _called(name, (cells, *columns), hard, *(one for one in more if not isinstance(one, pl.Series)), made) < 0:
        return None
    return taken_over(made), hard


def taken_over(made: ctypes.c_void_p) -> pl.Series:
    """A column that native code made, as polars' own, without a name."""
    return pl.Series(_Exported(made))


def over(name: str, cells: pl.Series, *more: Argument) -> int:
    """The same of a function that makes no column: it writes into the arrays of `more`. Negative: it did not."""
    return _called(name, (cells,), *more) if cells.dtype == pl.String and cells.len() < 1 << 30 else -1


def over_all(name: str, columns: Sequence[pl.Series], *more: Argument, dtype: pl.DataType = _TEXT) -> int:
    """The same of a function that takes many columns, as one array of them, and how many they are."""
    if native.library is None or any(one.dtype != dtype or one.len() >= 1 << 30 for one in columns):
        return -1
    held = [column.rechunk().__arrow_c_stream__() for column in columns]
    streams = (ctypes.c_void_p * len(held))(*(_pointer(one, _NAME) for one in held))
    function = getattr(native.library, name)
    function.restype = ctypes.c_int64
    sizes = ctypes.c_int64(len(columns)), ctypes.c_int64(columns[0].len())
    return int(function(streams, *sizes, *map(_passed, more)))


def _called(name: str, columns: Sequence[pl.Series], *more: Argument | ctypes.c_void_p) -> int:
    held = [column.rechunk().__arrow_c_stream__() for column in columns]  # alive while they are read
    function = getattr(native.library, name)
    function.restype = ctypes.c_int64
    streams = [ctypes.c_void_p(_pointer(one, _NAME)) for one in held]
    return int(function(*streams, ctypes.c_int64(columns[0].len()), *map(_passed, more)))


def _passed(one: object) -> object:
    if isinstance(one, ctypes.c_void_p):
        return ctypes.byref(one)
    if isinstance(one, np.ndarray):
        return ctypes.c_void_p(one.ctypes.data)
    if isinstance(one, bytes):
        return ctypes.c_char_p(one)
    return ctypes.c_int64(one) if isinstance(one, int) else one
