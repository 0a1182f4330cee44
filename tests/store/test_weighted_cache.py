from hypothesis import given
from hypothesis import strategies as st

from chalicelib.store.weighted_cache import WeightedCache


def test_the_least_recently_used_goes_first() -> None:
    cache: WeightedCache[str] = WeightedCache(6, len)
    for key, value in (("a", "aaa"), ("b", "bbb"), ("a", "AAA"), ("c", "c")):
        cache.put(key, value)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("AAA", None, "c")
    cache.put("b", "bbb")
    assert (cache.get("a"), cache.get("c")) == (None, "c")
    cache.clear()
    assert (cache.get("c"), len(cache)) == (None, 0)


def test_an_oversized_value_is_not_kept_and_evicts_only_its_older_one() -> None:
    cache: WeightedCache[str] = WeightedCache(3, len)
    for key, value in (("a", "a"), ("b", "bb"), ("a", "aaaa")):
        cache.put(key, value)
    assert (cache.get("a"), cache.get("b"), len(cache)) == (None, "bb", 1)


def test_an_oversized_value_may_be_kept_alone() -> None:
    cache: WeightedCache[str] = WeightedCache(6, len, keep_oversized=True)
    cache.put("a", "aaa")
    cache.put("b", "b" * 100)
    assert (cache.get("a"), cache.get("b")) == (None, "b" * 100)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8))))
def test_the_weight_never_passes_the_limit(puts: list[tuple[int, int]]) -> None:
    cache: WeightedCache[tuple[int, int]] = WeightedCache(7, lambda value: value[1])
    for key, weight in puts:
        cache.put(key, (key, weight))
        assert sum(kept[1] for at in range(6) if (kept := cache.get(at))) <= 7
