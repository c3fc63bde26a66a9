"""Feather and Arrow files as Parquet, so that one reader is enough (extra ``parquet``)."""

from __future__ import annotations

from pathlib import Path

from .._optional import require
from ..exceptions import DeepKMeansError, InvalidDataError
from .column_choice import one_line
from .request import Request

__all__ = ["arrow_as_parquet"]


def arrow_as_parquet(request: Request, path: Path, folder: Path) -> Path:
    """The same table as ``.parquet`` in ``folder``, batch by batch."""
    pa = require("pyarrow", extra="parquet", purpose="Reading Arrow and Feather files")
    parquet = require("pyarrow.parquet", extra="parquet", purpose="Reading Arrow and Feather files")
    target, size = folder / "table.parquet", 0
    try:
        with (
            pa.memory_map(str(path)) as source,
            pa.ipc.open_file(source) as file,
            parquet.ParquetWriter(target, file.schema) as writer,
        ):
            for number in range(file.num_record_batches):
                batch = file.get_batch(number)
                batch.validate(full=True)
                size += batch.nbytes
                request.limit.check(size, f"a table of {number + 1} batches or more")
                writer.write_batch(batch)
    except (DeepKMeansError, MemoryError):
        raise
    except Exception as error:  # Arrow's errors, and OSError for what is no such file
        raise InvalidDataError(
            f"{request.file}: is damaged or not an Arrow or Feather file ({one_line(error)}); write it again"
        ) from error
    return target
