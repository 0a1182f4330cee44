"""What the figures are held against: the shortest honest programs, printed in docs/performance.md."""
