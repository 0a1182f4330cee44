from datetime import UTC, datetime

from chalicelib.uploads.by_year import FIRST_YEAR, SHOWN, newest_keys


def test_what_is_many_years_old_is_reached_by_the_page_after_it() -> None:
    now = datetime(2031, 1, 1, tzinfo=UTC)
    by_year = {2031: 2, 2030: SHOWN, FIRST_YEAR: 3}
    kept = [("1200", f"{year}-{n:03}") for year, count in by_year.items() for n in range(count, 0, -1)]

    def read(before: str) -> tuple[list[tuple[str, str]], str]:
        def of_year(year: int, limit: int) -> list[tuple[str, str]]:
            return [key for key in kept if key[1].startswith(str(year)) and (not before or key[1] < before)][:limit]

        return newest_keys(of_year, now=now)

    first, older = read("")
    second, last = read(older)
    assert (first + second, last) == (kept, "")
