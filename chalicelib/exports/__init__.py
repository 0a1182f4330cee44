"""Files made for one reader: handed over by a presigned link, large ones made in the background by the export queue."""
