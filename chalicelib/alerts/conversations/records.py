"""How it is stored what was said last in an account's conversations, and how far each of its users has read."""

from pynamodb.attributes import JSONAttribute

from chalicelib.store.record import Versioned


class ThreadHeadsRecord(Versioned):
    """`D#d#A#<ref>`, `THREAD_HEADS`: what was said last in each of the account's newest conversations.

    It is read with each page of its users.
    """

    heads: JSONAttribute = JSONAttribute()
    areas: JSONAttribute = JSONAttribute(null=True)


class ThreadsReadRecord(Versioned):
    """`D#d#A#<ref>`, `THREADS_READ#<person>`: how far a user of the account has read each of these."""

    read: JSONAttribute = JSONAttribute()
