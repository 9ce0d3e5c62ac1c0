"""Reports as bytes: pure functions from a `gofixer.engine.model.Report`, with no I/O of their own.

A form of report is one `gofixer.report.printer.Printer`; ``FORMATS`` there has them by the word of ``--format``.
"""
