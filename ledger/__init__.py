"""What is kept, and how it is judged. No network, no screen."""

from __future__ import annotations

__version__ = "0.1.0"
