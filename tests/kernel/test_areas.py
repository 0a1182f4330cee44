from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.areas import ALL_AREAS, NEEDS, Area, areas_of


@given(st.sets(st.sampled_from([*[area.value for area in Area], "payments", ""])))
def test_no_area_is_given_without_the_one_it_needs(names: set[str]) -> None:
    found = areas_of(names)
    assert found <= {area for area in Area if area.value in names}
    assert all(NEEDS[area] in found for area in found if area in NEEDS)


def test_all_of_them_are_kept() -> None:
    assert areas_of(area.value for area in Area) == ALL_AREAS
    assert areas_of(["disputes", "messages"]) == {Area.MESSAGES}
