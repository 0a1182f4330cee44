"""Words and rules that every slice shares: money, time, ids, scopes, keys, errors. Imports nothing of ours."""
