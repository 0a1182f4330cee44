import re
from pathlib import Path
from string import Formatter

import pytest

from chalicelib.ccx.codes import TEXTS, Code, message

HERE = Path(__file__)
ELSEWHERE = {"B024_DEALER", "B025_SEQUENCE", "B026_SAME_ID"}
"""Raised where the dealer's earlier runs are known, and tested there."""


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_words_and_a_test(code: Code) -> None:
    text = TEXTS[code]
    assert text.reason
    assert text.remedy
    assert not text.reason.endswith(".")
    tests = "".join(p.read_text() for p in HERE.parents[1].rglob("test_*.py") if p != HERE)
    assert code in ELSEWHERE or re.search(rf"\b{code}\b", tests), f"no test mentions {code}"


@pytest.mark.parametrize("code", list(Code))
def test_words_are_as_the_pages_speak(code: Code) -> None:
    sentence = " ".join(TEXTS[code])
    assert not re.search(r"(?i)\b(invalid|please|sorry|oops|error code)\b|!", sentence)


def test_a_message_is_what_is_wrong_and_what_to_write() -> None:
    assert message(Code.E104_BAD_DATE, what="2026-09-30") == "There is no such date. Write 2026-09-30"


def test_no_two_codes_share_a_number() -> None:
    numbers = [code.split("_")[0] for code in Code]
    assert len(set(numbers)) == len(numbers)


def test_every_text_names_its_parameters() -> None:
    for text in TEXTS.values():
        for part in text:
            assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(part))
