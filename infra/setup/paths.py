"""Where things are. Everything that set-up makes lies in `.venv`, `.tools` and `.cache`, which git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
UV = TOOLS / "uv" / "bin" / "uv"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MINISTACK_ENV = TOOLS / "ministack-env"
DYNAMODB_LOCAL = TOOLS / "dynamodb-local"
LOG = TOOLS / "setup.log"
