"""Reports as bytes: pure functions from a `gofixer.engine.model.Report`, with no I/O of their own.

A form of report is one `Printer`; ``FORMATS`` has them by the word of ``--format``.
"""

from gofixer.report.printer import FORMATS, Printer

__all__ = ["FORMATS", "Printer"]
