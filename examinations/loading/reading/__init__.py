"""How a file becomes blocks of clean text columns, with a reason for each row that cannot be used."""

from examinations.loading.reading.columns import Column
from examinations.loading.reading.naming import Naming
from examinations.loading.reading.records import UnusableFile
from examinations.loading.reading.table import Block, Rejected, Table, open_table

__all__ = ["Block", "Column", "Naming", "Rejected", "Table", "UnusableFile", "open_table"]
