"""Libraries that few requests need, loaded when one first does: measured, fpdf2 and openpyxl would more than double
the time to start and the memory of a process that prints and exports nothing."""

import importlib
from typing import Any


class Library:
    """Stands for a module until something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, found)  # asked for once: some are called for each of thousands of rows
        return found


fpdf: Any = Library("fpdf")
openpyxl: Any = Library("openpyxl")
segno: Any = Library("segno")
fuzz: Any = Library("rapidfuzz.fuzz")
osa: Any = Library("rapidfuzz.distance.OSA")
Image: Any = Library("PIL.Image")
ImageDraw: Any = Library("PIL.ImageDraw")
ImageOps: Any = Library("PIL.ImageOps")
charsets: Any = Library("charset_normalizer")
