"""The converted embedding model against the reference implementation's vectors (tools/model/check_embedding)."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]


def run(build_dir, data_dir):
    deps = pathlib.Path(os.environ.get("HARKEN_DEPS", TOP / ".deps"))
    python = deps / "venv/bin/python"
    with tempfile.TemporaryDirectory(prefix="harken-eval-") as folder:
        out = pathlib.Path(folder, "row.json")
        done = subprocess.run([str(python if python.exists() else sys.executable), str(TOP / "tools/model/check_embedding"), "--deps", str(deps),
                               "--report", str(out), str(deps / "models/all-MiniLM-L6-v2.gguf")], capture_output=True, text=True, timeout=300)
        if not out.exists():
            raise RuntimeError(f"check_embedding: {done.stderr[-500:]}")
        return json.loads(out.read_text())
