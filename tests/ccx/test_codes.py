import re
from pathlib import Path

import pytest

from chalicelib.ccx.code_texts import TEXTS
from chalicelib.ccx.codes import Code

HERE = Path(__file__)
ELSEWHERE = {"B024_DEALER", "B025_SEQUENCE", "B026_SAME_ID"}
"""Raised where the dealer's earlier runs are known, and tested there."""


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_words_and_a_test(code: Code) -> None:
    text = TEXTS[code]
    assert all(words.message for words in text)
    assert not any(words.message.endswith(".") for words in text)
    tests = "".join(p.read_text() for p in HERE.parents[1].rglob("test_*.py") if p != HERE)
    assert code in ELSEWHERE or re.search(rf"\b{code}\b", tests), f"no test mentions {code}"


@pytest.mark.parametrize("code", list(Code))
def test_words_are_as_the_pages_speak(code: Code) -> None:
    sentence = " ".join(words.message for words in TEXTS[code])
    assert not re.search(r"(?i)\b(invalid|please|sorry|oops|error code)\b|!", sentence)


def test_no_two_codes_share_a_number() -> None:
    numbers = [code.split("_")[0] for code in Code]
    assert len(set(numbers)) == len(numbers)


def test_every_text_names_its_parameters() -> None:
    for text in TEXTS.values():
        for part in text:
            left = re.sub(r"%\([a-z_]+\)s|%%", "", part.message)
            assert not set("%{}") & set(left), part.message
