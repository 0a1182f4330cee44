"""Invoices and credit notes as e-invoices: EN 16931, written as UBL for Peppol and as the PDF of Factur-X."""
