"""Run every benchmark, or those named: ``python -m bench [start] [reading] [linking] …``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main() -> None:
    modules = [m.name for m in pkgutil.iter_modules(bench.__path__) if not m.ispkg]
    names = sorted(name for name in modules if name != "__main__")
    for name in sys.argv[1:] or names:
        if name not in names:
            sys.exit(f"there is no benchmark {name!r}; there are {', '.join(names)}")
        print(f"── {name} ──")
        importlib.import_module(f"bench.{name}").main()


main()
