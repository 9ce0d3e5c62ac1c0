"""Settings of the property tests: a loaded machine is no defect of the code under test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("gofixer", deadline=None)
settings.load_profile("gofixer")
