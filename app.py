"""Composition: the Chalice app and its pages. What a page or a trigger does stands in chalicelib."""

from chalice.app import Chalice

from chalicelib.web import front

app = Chalice(app_name="customer-connect", configure_logs=False)
app.api.binary_types = [
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]

for module in (front,):
    app.register_blueprint(module.pages)
