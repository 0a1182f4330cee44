"""The program that dealers run on their own machine, `upload.pyz`: it sends exports, checks them, and fetches the feed.

It is built by `infra.package.upload_program`, with those modules of chalicelib that check an export, and needs nothing
but Python.
"""
