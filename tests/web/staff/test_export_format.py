from chalicelib.ingest.entities import ENTITIES
from tests.web.client import Visitor


def test_every_column_that_is_declared_is_described(staff: Visitor) -> None:
    page = staff.get("/staff/imports/format")
    assert page.status == 200
    for entity in ENTITIES:
        assert entity.file in page.text
        assert all(column.name in page.text for column in entity.schema.columns)


def test_values_are_set_as_code(staff: Visitor) -> None:
    page = staff.get("/staff/imports/format")
    assert '<span class="code">balance_forward</span> if open rows' in page.html
    assert "`" not in page.text


def test_the_contents_lead_to_each_section(staff: Visitor) -> None:
    page = staff.get("/staff/imports/format")
    assert page.links["The zip file"].endswith("/format#zip")
    for entity in ENTITIES:
        assert page.links[entity.file].endswith(f"/format#{entity.name}")
        assert page.html.count(f'id="{entity.name}"') == 1
