"""The directory: every account of the published run, to list and to search. Loaded once a run, then in memory."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from chalicelib.customers.directory import repo
from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.prefix_search import matches, query_words, word_lines
from chalicelib.customers.directory.shards import decode_shard, encode_shard
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers.publication import Published
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.weighted_cache import WeightedCache

__all__ = [
    "Directory",
    "decode_shard",
    "encode_shard",
    "entries",
    "entry",
    "natural_key",
    "read",
    "read_shard",
    "shard_of",
    "staged",
]

MAX_KEPT = 150_000
"""Accounts that a process keeps in memory, at some 700 bytes each with their search words. One dealer always fits."""

Shard = tuple[int, list[DirectoryEntry]]
_NUMBERS = re.compile(r"(\d+)")
_FIELDS: Mapping[str, Callable[[DirectoryEntry], str]] = {
    "name": lambda row: row.name,
    "address": lambda row: f"{row.address or ''} {row.city or ''} {_with_and_without_space(row.postcode)}",
    "city": lambda row: row.city or "",
    "state": lambda row: row.region or "",
    "number": lambda row: row.ref,
    "all": lambda row: " ".join(
        (
            row.ref,
            row.name,
            row.address or "",
            row.city or "",
            row.region or "",
            _with_and_without_space(row.postcode),
            _email_words(row.email or ""),
            "".join(filter(str.isdigit, row.phone or "")),
        )
    ),
}
_EVERYBODYS = frozenset({"co", "com", "org", "net", "ac", "gov"})
"""Parts of a domain that say nothing of whose it is: with them the letter c would find every .com and .co.uk."""
_PHONE = re.compile(r"[+(0][\d\s()/.-]{4,}")


_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
_DIGITS = re.compile(r"[+(\d][\d\s()/.-]*")
_LAST_DIGITS = 4
"""Fewer say too little of a phone number."""
_HOME = re.compile(r"\s*(\+44\s*(\(0\))?|0044)")
"""How British numbers begin for callers from abroad."""


def _national(phone: str) -> str:
    """Its digits without the zero or +44 before the area code."""
    return "".join(filter(str.isdigit, _HOME.sub("", phone, count=1))).removeprefix("0")


def _with_and_without_space(postcode: str | None) -> str:
    """`YO21 6XX` -> `YO21 6XX YO216XX`."""
    return f"{postcode} {postcode.replace(' ', '')}" if postcode and " " in postcode else postcode or ""


def _domain(email: str) -> str:
    return email.partition("@")[2].casefold()


def _email_words(email: str) -> str:
    """`al.barlow@postgate.co.uk` -> `al.barlow postgate`."""
    local, _at, domain = email.partition("@")
    return " ".join((local, *(part for part in domain.casefold().split(".")[:-1] if part not in _EVERYBODYS)))


def natural_key(ref: str) -> tuple[tuple[str | int, ...], str]:
    """Sorts numbers within references by value: 100A, 1011, 1100; 9 before 10.

    Texts and numbers take turns, so that like is compared with like; the reference itself decides only between equals.
    """
    if ref.isdecimal():
        return ("", int(ref), ""), ref
    parts: list[str | int] = list(_NUMBERS.split(ref.casefold()))
    parts[1::2] = map(int, parts[1::2])
    return tuple(parts), ref


class Directory:
    """The accounts of one run. `shards` is (run that wrote it, accounts) by index."""

    def __init__(self, n: int, shards: Mapping[int, Shard]) -> None:
        self.n = n
        self.shards = shards
        self._words: dict[str, list[str]] = {}
        every = [row for _, rows in shards.values() for row in rows]
        self.entries: Sequence[DirectoryEntry] = sorted(every, key=lambda row: natural_key(row.ref))

    def get(self, ref: str) -> DirectoryEntry | None:
        """The account of exactly this reference, case and all."""
        return self._by_ref.get(ref)

    def search(self, text: str, field: str = "all") -> Sequence[DirectoryEntry]:
        """Accounts in which every word of `text` begins a word of the field, by number; no word finds all.

        Fields: name, address, city, state, number; `all` (and any other) is these, the email and the phone number. That
        and a postcode are found however they are spaced. There a text with an @ in it finds emails that begin so, one
        that begins with it, or a word with a dot in it, those of that domain, and the last digits of a phone number or
        +44 find it too.
        """
        if "@" in text and field == "all":
            begin = text.strip().casefold()
            if begin.startswith("@"):
                of_domain = self._of_domain(begin[1:])
                return [row for row in self.entries if row.ref in of_domain]
            return [row for row in self.entries if row.email and row.email.casefold().startswith(begin)]
        if field == "all" and (others := self._by_contact(text.strip().casefold())):
            by_words = {row.ref for row in self._by_words(text, field)}
            return [row for row in self.entries if row.ref in others or row.ref in by_words]
        return self._by_words(text, field)

    def _by_contact(self, text: str) -> set[str]:
        """References of accounts with this email domain, or a phone number that ends so."""
        if _DOMAIN.fullmatch(text):
            return self._of_domain(text)
        if not _DIGITS.fullmatch(text):
            return set()
        ends = tuple(end for end in ("".join(filter(str.isdigit, text)), _national(text)) if len(end) >= _LAST_DIGITS)
        return {ref for ref, phone in self._phones if phone.endswith(ends)} if ends else set()

    def _of_domain(self, begin: str) -> set[str]:
        return {row.ref for row in self.entries if row.email and _domain(row.email).startswith(begin)}

    @cached_property
    def _phones(self) -> Sequence[tuple[str, str]]:
        return [(row.ref, _national(row.phone)) for row in self.entries if row.phone]

    def _by_words(self, text: str, field: str) -> Sequence[DirectoryEntry]:
        words = query_words("".join(filter(str.isdigit, text)) if _PHONE.fullmatch(text.strip()) else text)
        if not words:
            return self.entries
        return [self.entries[at] for at in matches(self._lines(field), words)]

    @cached_property
    def _by_ref(self) -> dict[str, DirectoryEntry]:
        return {row.ref: row for row in self.entries}

    def _lines(self, field: str) -> list[str]:
        """One text an account, made when first searched."""
        field = field if field in _FIELDS else "all"
        if field not in self._words:
            self._words[field] = word_lines(map(_FIELDS[field], self.entries))
        return self._words[field]


_kept: WeightedCache[Directory] = WeightedCache(MAX_KEPT, lambda one: len(one.entries), keep_oversized=True)


def read(scope: TenantScope, published: Published) -> Directory:
    """The directory of this run, without digests. Reads only the shards that changed since the last one it holds."""
    held = _kept.get(scope.dealer_id)
    if held and held.n == published.n and all(held.shards[at][0] == run for at, run in enumerate(published.shards)):
        return held
    fresh = Directory(published.n, _shards(scope, published, held))
    _kept.put(scope.dealer_id, fresh)
    return fresh


def read_shard(scope: TenantScope, published: Published, index: int) -> list[DirectoryEntry]:
    """The accounts of one shard with their digests, for an import."""
    return decode_shard(*repo.read_shards(scope, published.n, {index: published.shards[index]}, digests=True)[index])


def staged(scope: TenantScope, shards: Sequence[int]) -> list[DirectoryEntry]:
    """The accounts as a run that is not published would leave them. `shards`: the run that wrote each."""
    packed = repo.read_shards(scope, len(shards), dict(enumerate(shards)))
    return [row for one in packed.values() for row in decode_shard(one.entries)]


def entry(scope: TenantScope, published: Published, ref: str) -> DirectoryEntry | None:
    """One account in one read, where the whole directory is not wanted."""
    index = shard_of(ref, published.n)
    packed = repo.read_shards(scope, published.n, {index: published.shards[index]})[index]
    return next((row for row in decode_shard(packed.entries) if row.ref == ref), None)


def entries(scope: TenantScope, published: Published, refs: Iterable[str]) -> dict[str, DirectoryEntry]:
    """Some accounts, those of them that the run has: one round trip for the shards that hold them."""
    by_shard: dict[int, set[str]] = {}
    for ref in refs if published.n else ():
        by_shard.setdefault(shard_of(ref, published.n), set()).add(ref)
    packed = repo.read_shards(scope, published.n, {index: published.shards[index] for index in by_shard})
    rows = ((row, wanted) for index, wanted in by_shard.items() for row in decode_shard(packed[index].entries))
    return {row.ref: row for row, wanted in rows if row.ref in wanted}


def forget_all() -> None:
    """Clear the caches, for benchmarks."""
    _kept.clear()


def _shards(scope: TenantScope, published: Published, held: Directory | None) -> dict[int, Shard]:
    runs = dict(enumerate(published.shards))
    old = held.shards if held and held.n == published.n else {}
    same = {at: old[at] for at, run in runs.items() if at in old and old[at][0] == run}
    packed = repo.read_shards(scope, published.n, {at: run for at, run in runs.items() if at not in same})
    return {at: same.get(at) or (run, decode_shard(packed[at].entries)) for at, run in runs.items()}
