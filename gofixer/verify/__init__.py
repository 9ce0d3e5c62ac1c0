"""Verification: what is emitted builds and vets as the tree did before."""

from gofixer.verify.model import Diagnostic, Level, Progress, Render, Unit, Verdict
from gofixer.verify.run import verify

__all__ = ["Diagnostic", "Level", "Progress", "Render", "Unit", "Verdict", "verify"]
