"""SECURITY, passwords: length, common lists and context words; no rules of composition; argon2id at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity import passwords
from chalicelib.kernel.errors import InvalidError

CONTEXT = ("Moorbeck Machinery", "al.barlow@postgate.example")


@pytest.mark.parametrize(
    "password",
    [
        "copper lantern meadow",
        "dragon monkey summer",  # common words, but three of them
        "837462910384756",  # digits alone are allowed
        "correct-battery-of-horses",
        "ångström über straße",
        "x" * 5 + "yzab cdq Krumpf 12",
        "qwertyuiopkmzdfg",  # a walk of ten letters and one of three, which is too short to be one
    ],
)
def test_what_nobody_guesses_is_allowed(password: str) -> None:
    assert passwords.problem(password, context=CONTEXT) is None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "passwordpassword",
        "PasswordPassword1!",
        "P@ssw0rdP@ssw0rd1",
        "qwertyuiopasdfgh",
        "poiuytrewqlkjhg",
        "asdfghjklqwer7m",  # thirteen of its fifteen characters are walks
        "123456789012345",
        "aaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "fluffy1fluffy1fluffy1",
        "Welcome2Moorbeck!!",
        "MoorbeckMachinery2024!",
        "al.barlow.password",
        "AlBarlowPostgate1",
        "Tractor2024!Tractor",
        "iloveyouiloveyou",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert passwords.problem(password, context=CONTEXT) == (
        "This password is easy to guess. Add words that have nothing to do with you or the dealer"
    )


def test_lengths_count_characters() -> None:
    assert passwords.problem("") == "Enter a new password"
    assert passwords.problem("kh7!mzwq2 vbtpf"[:14]) == "Enter 15 characters or more"
    assert passwords.problem("kh7!mzwq2 vbtpf") is None
    assert passwords.problem("kh7!mzwq2 vbtpf " * 16) is None
    assert passwords.problem("kh7!mzwq2 vbtpf " * 16 + "x") == "Enter 256 characters or fewer"


def test_a_text_is_measured_before_it_is_normalised() -> None:
    """`\u1fa7` is composed of four characters: what is cut off could have been the rest of a password."""
    decomposed = "\u03c9\u0314\u0342\u0345"
    assert passwords.problem((decomposed * 256) + "x" * 15) == "Enter 256 characters or fewer"
    stored = passwords.hash_password("copper lantern meadow")
    assert not passwords.password_matches(stored, "copper lantern meadow" + "\u0301" * 100_000)


def test_a_refusal_names_its_field() -> None:
    with pytest.raises(InvalidError) as refused:
        passwords.check_password("short")
    assert refused.value.fields == {"password": "Enter 15 characters or more"}


@given(st.sampled_from(sorted(w for w in passwords.common_passwords() if len(w) >= 15)))
def test_nothing_on_the_common_list_is_allowed(password: str) -> None:
    assert passwords.problem(password.title())


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(password: str) -> None:
    found = passwords.problem(password, context=CONTEXT)
    assert found is None or found.split()[0] in {"Enter", "This"}


def test_argon2id_with_the_chosen_cost() -> None:
    stored = passwords.hash_password("copper lantern meadow")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.password_matches(stored, "copper lantern meadow")
    assert not passwords.password_matches(stored, "copper lantern meadoW")
    assert passwords.hash_password("copper lantern meadow") != stored
    assert not passwords.needs_rehash(stored)
    assert passwords.needs_rehash(stored.replace("t=2", "t=1"))


def test_the_same_letters_typed_differently_are_one_password() -> None:
    composed, decomposed = "caf\u00e9 lantern meadow", "cafe\u0301 lantern meadow"
    assert passwords.password_matches(passwords.hash_password(composed), decomposed)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_nothing_stored_matches_nothing(stored: str | None) -> None:
    assert not passwords.password_matches(stored, "nobody has this password")
