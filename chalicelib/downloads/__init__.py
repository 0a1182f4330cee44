"""Files made for one reader, fetched by a presigned link; large ones are made in the background, from a queue."""
