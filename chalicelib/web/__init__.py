"""Pages for people: each view translates a request, makes one domain call, and translates back."""
