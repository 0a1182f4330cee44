"""What the dependencies bring along and no function ever opens: each with the reason why it may go."""

import shutil
from pathlib import Path

LANGUAGES = frozenset("root cs cy da de en es fi fr ga it nb nl nn no pl pt sv".split())
"""Babel's whole world is 10 MB zipped, these are 1.3: the languages of dealers in Europe and the Americas."""

UNUSED = (
    # Pillow opens logos for PDFs and what people send: PNG, JPEG and WebP. Its other codecs may go. Operators run all
    # of Pillow.
    *(f"PIL/_{codec}*" for codec in ("avif", "imagingcms", "imagingft", "imagingtk")),
    *(f"pillow.libs/lib{library}*" for library in ("avif", "brotli", "freetype", "harfbuzz", "lcms2", "png16")),
    *("cffi", "cffi-*", "pycparser*"),  # they compile bindings; argon2 loads what was compiled
    *("dns", "dnspython*"),  # email-validator's, to ask a domain's mail servers, which we never do
    "charset_normalizer*",  # reportlab's, for files whose encoding nobody knows
    "pydantic/v1",  # the former pydantic
    *("*.dist-info/RECORD", "pydantic/mypy.py", "*/*.pyi", "*/*/*.pyi"),  # for tools
    "babel/messages",  # translation catalogues; we only format
    *("reportlab/graphics", "reportlab/platypus"),  # charts, bar codes, flowing text; we draw on the page
    "reportlab/fonts",  # Type 1 fonts; our PDFs embed their own TrueType ones
    "aws_lambda_powertools/event_handler",  # an application framework; ours is Chalice
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("data_classes", "parser", "auth_alpha", "kafka")),
)


def trim(vendor: Path) -> None:
    for pattern in UNUSED:
        for path in vendor.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (vendor / "babel" / "locale-data").glob("*.dat"):
        if path.stem.split("_")[0] not in LANGUAGES:
            path.unlink()
