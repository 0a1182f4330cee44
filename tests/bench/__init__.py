"""`make bench`: what the portal costs, each figure beside a baseline measured in the same run. docs/performance.md."""
