"""The row rules of the export format, file by file."""
