from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ledger.cache import WeightedCache


def test_the_least_recently_used_goes_first() -> None:
    cache: WeightedCache[str] = WeightedCache(3)
    for name in ("a", "b", "c"):
        cache.put(name, name, weight=1)
    assert cache.get("a") == "a"
    cache.put("d", "d", weight=1)
    assert [cache.get(name) for name in "abcd"] == ["a", None, "c", "d"]


def test_what_is_too_heavy_is_not_kept_and_replaces_nothing() -> None:
    cache: WeightedCache[str] = WeightedCache(3)
    cache.put("a", "old", weight=1)
    cache.put("b", "b", weight=2)
    cache.put("a", "new", weight=4)
    assert (cache.get("a"), cache.get("b"), len(cache)) == (None, "b", 1)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8))))
def test_the_weight_never_passes_the_limit(puts: list[tuple[int, int]]) -> None:
    cache: WeightedCache[int] = WeightedCache(10)
    weights: dict[int, int] = {}
    for name, weight in puts:
        cache.put(name, name, weight=weight)
        weights[name] = weight
        assert sum(weights[kept] for kept in range(6) if cache.get(kept) is not None) <= 10
