from chalicelib.customers.lru import WeightedLru


def test_the_least_recently_used_goes_first() -> None:
    lru: WeightedLru[str] = WeightedLru(6, len)
    for key, value in (("a", "aaa"), ("b", "bbb"), ("a", "AAA"), ("c", "c")):
        lru.put(key, value)
    assert (lru.get("a"), lru.get("b"), lru.get("c")) == ("AAA", None, "c")
    lru.clear()
    assert lru.get("a") is None


def test_the_newest_always_fits() -> None:
    lru: WeightedLru[str] = WeightedLru(6, len)
    lru.put("a", "aaa")
    lru.put("b", "b" * 100)
    assert (lru.get("a"), lru.get("b")) == (None, "b" * 100)
