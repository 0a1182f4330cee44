"""Where things are. What is made here is in `.venv`, `.tools` and `.state`, which git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
UV = TOOLS / "uv" / "bin" / "uv"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MINISTACK_ENV = TOOLS / "ministack-env"
DYNAMODB_LOCAL = TOOLS / "dynamodb-local"
EINVOICE_VALIDATORS = TOOLS / "einvoice-validators"
LOG = TOOLS / "setup.log"
