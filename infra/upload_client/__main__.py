"""`python -m infra.upload_client`: the program as it is in the project, without a zip around it."""

import sys

from infra.upload_client.command import main

if __name__ == "__main__":
    sys.exit(main())
