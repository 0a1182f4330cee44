from random import Random

from chalicelib.customers.enrolment.model import EnrolmentSummary, State
from chalicelib.customers.enrolment.shards import SHARDS, decode_enrolments, encode_enrolments, enrolment_shard
from chalicelib.store.batch import READ_LIMIT

SOME = [
    EnrolmentSummary("B/2#", State.QUEUED, "b@farm.example"),
    EnrolmentSummary("a1", State.ACTIVE, "a@farm.example", 1_717_578_000, 1_718_787_600),
]


def test_what_is_packed_comes_back_by_reference_whatever_the_order() -> None:
    packed = encode_enrolments(SOME)
    assert packed == encode_enrolments(SOME[::-1])
    assert decode_enrolments(packed) == SOME
    assert all(isinstance(one.state, State) for one in decode_enrolments(packed))


def test_one_round_trip_reads_all_shards() -> None:
    assert {enrolment_shard(str(n)) for n in range(5_000)} == set(range(SHARDS))
    assert SHARDS <= READ_LIMIT


def test_a_shard_of_many_stays_far_below_what_an_item_may_hold() -> None:
    random = Random(6)
    people = [
        EnrolmentSummary(str(n), State.INVITED, f"{random.randbytes(5).hex()}@farm.example", n * 97, n * 97 + 1_209_600)
        for n in range(400_000 // SHARDS)
    ]
    assert len(encode_enrolments(people)) < 300_000
