"""What the store promises on every engine. Subclasses say which; AWS differs from each in what they do not check."""

import pytest
from botocore.exceptions import ClientError
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import IdentityScope, OperatorScope, Scope, TenantScope
from chalicelib.store.batch import UnprocessedError, batch_get, batch_write
from chalicelib.store.record import MAX_SK_BYTES, CreateOnly, Record, Versioned, tenant_pk
from chalicelib.store.roles import NoScopeInForceError, assume_scope
from chalicelib.store.transactions import Check, Delete, Put, TransactionRefusedError, Update, WriteItem, transaction
from tests.fixtures.calls import counted_calls, left_unprocessed, reply_lost


class Thing(Record):
    text = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)
    data = BinaryAttribute(legacy_encoding=False, null=True)


class Letter(CreateOnly):
    text = UnicodeAttribute()


class Counter(Versioned):
    total = NumberAttribute(default=0)


def commit(*items: WriteItem) -> None:
    with transaction() as t:
        t.add(*items)


class StoreBehaviour:
    """Needs a fixture `scope`: a dealer of its own on a running AWS."""

    # Records

    def test_what_is_put_is_found(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        with assume_scope(scope):
            Thing(pk, "1", text="Müller #1", number=12345678901234567, data=b"\x00\xff", ttl=1717578000).save()
            found = Thing.find(pk, "1", consistent=True)
            assert found
            assert (found.text, found.number, found.data) == ("Müller #1", 12345678901234567, b"\x00\xff")
            assert isinstance(found.number, int)
            assert found.ttl == 1717578000
            assert Thing.find(pk, "2") is None
            longest = "x" * MAX_SK_BYTES
            Thing(pk, longest).save()
            assert Thing.find(pk, longest)
            assert Thing.find(pk, longest + "x") is None
            assert [one.sk for one in Thing.batch_get([(pk, "1")])] == ["1"], "pynamodb's own way knows the table too"
            found.delete()
            assert Thing.find(pk, "1", consistent=True) is None
            found.delete()

    def test_nothing_is_sent_without_a_scope(self, scope: TenantScope) -> None:
        with counted_calls("dynamodb", "s3", "sts") as calls, pytest.raises(NoScopeInForceError):
            Thing(tenant_pk(scope, "THING"), "1").save()
        assert calls == []

    @pytest.mark.parametrize("other", ["bbbbbbbbbb", "*", "", "D"])
    def test_another_dealers_key_is_refused(self, scope: TenantScope, other: str) -> None:
        wrong = Thing(f"D#{other}#THING", "1")
        with assume_scope(scope):
            with pytest.raises(Exception, match="AccessDenied"):
                wrong.save()
            with pytest.raises(Exception, match="AccessDenied"):
                Thing.find(f"D#{other}#THING", "1")
            with pytest.raises(ClientError, match="AccessDenied"):
                batch_write([wrong])

    def test_each_role_keeps_to_its_keys(self, scope: TenantScope) -> None:
        keys = {"tenant": tenant_pk(scope, "THING"), "identity": "P#someone", "operator": "OPS#THINGS"}
        scopes: dict[str, Scope] = {"tenant": scope, "identity": IdentityScope(), "operator": OperatorScope("tests")}
        for mine, role in scopes.items():
            for whose, pk in keys.items():
                with assume_scope(role):
                    if mine == whose:
                        Thing(pk, "X#test").save()
                    else:
                        with pytest.raises(Exception, match="AccessDenied"):
                            Thing(pk, "X#test").save()

    def test_a_stale_copy_cannot_be_saved(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "COUNTER")
        with assume_scope(scope):
            first = Counter(pk, "1")
            first.save()
            stale = Counter.find(pk, "1", consistent=True)
            assert stale
            first.update([Counter.total.set(5)])
            with pytest.raises(ConflictError):
                stale.save()
            with pytest.raises(ConflictError):
                stale.update([Counter.total.set(7)])
            with pytest.raises(ConflictError):
                stale.delete()
            with pytest.raises(ConflictError):
                Counter(pk, "1").save()
            now = Counter.find(pk, "1", consistent=True)
            assert now
            assert (now.total, now.version) == (5, 2)

    def test_what_is_written_once_is_not_replaced_but_on_a_condition(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "LETTER")
        with assume_scope(scope):
            Letter(pk, "1", text="first").save()
            with pytest.raises(ConflictError):
                Letter(pk, "1", text="second").save()
            with pytest.raises(TransactionRefusedError):
                commit(Put(Letter(pk, "1", text="second")))
            Letter(pk, "1", text="second").save(Letter.text == "first")
            found = Letter.find(pk, "1", consistent=True)
        assert found
        assert found.text == "second"

    def test_a_key_that_no_item_can_have_finds_nothing(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        with assume_scope(scope):
            Thing(pk=pk, sk="x" * 1024).save()
            assert Thing.find(pk, "x" * 1024)
            for key in ((pk, ""), (pk, "x" * 1025), (pk, "é" * 513), (pk + "x" * 2048, "1")):
                assert Thing.find(*key) is None

    def test_other_failures_stay_loud(self, scope: TenantScope) -> None:
        with assume_scope(scope), pytest.raises(Exception, match="ValidationException"):
            Thing(tenant_pk(scope, "THING"), "1", data=bytes(410_000)).save()

    # Transactions

    def test_all_or_nothing(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        with assume_scope(scope):
            with transaction() as t:
                t.put(Thing(pk, "a"), Thing.pk.does_not_exist())
                t.put(Counter(pk, "c"))
            with pytest.raises(TransactionRefusedError) as refused:
                commit(Put(Thing(pk, "b")), Put(Thing(pk, "a"), Thing.pk.does_not_exist()))
            assert refused.value.failed == ((pk, "a"),)
            assert Thing.find(pk, "b", consistent=True) is None

    def test_the_refusal_names_the_item_whatever_its_kind(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        with assume_scope(scope):
            batch_write(Thing(pk, name, number=1) for name in "abcd")
            for failing in "abcd":
                conditions = {name: Thing.number == (2 if name == failing else 1) for name in "abcd"}
                with pytest.raises(TransactionRefusedError) as refused:
                    commit(
                        Update(Thing(pk, "a"), [Thing.number.set(9)], conditions["a"]),
                        Put(Thing(pk, "b", number=9), conditions["b"]),
                        Delete(Thing(pk, "c"), conditions["c"]),
                        Check(Thing, pk, "d", conditions["d"]),
                    )
                assert refused.value.failed == ((pk, failing),)
            assert [one.number for one in batch_get(Thing, [(pk, name) for name in "abcd"])] == [1, 1, 1, 1]

    def test_versions_grow_in_a_transaction(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "COUNTER")
        with assume_scope(scope):
            counter = Counter(pk, "1")
            with transaction() as t:
                t.put(counter)
            stale = Counter.find(pk, "1", consistent=True)
            assert stale
            with transaction() as t:
                t.update(counter, [Counter.total.set(1)])
            assert counter.version == 2
            with pytest.raises(TransactionRefusedError), transaction() as t:
                t.put(stale)

    def test_an_empty_transaction_sends_nothing_and_one_too_large_is_refused(self, scope: TenantScope) -> None:
        with assume_scope(scope), counted_calls() as calls:
            with transaction():
                pass
            many = [Put(Thing(tenant_pk(scope, "THING"), str(number))) for number in range(101)]
            with pytest.raises(ValueError, match="101 items"):
                commit(*many)
        assert calls == []

    def test_an_error_in_the_block_writes_nothing(self, scope: TenantScope) -> None:
        with assume_scope(scope), counted_calls() as calls:
            with pytest.raises(ZeroDivisionError), transaction() as t:
                t.put(Thing(tenant_pk(scope, "THING"), str(1 // 0)))
            assert calls == []

    def test_no_transaction_spans_two_roles(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        with assume_scope(scope):
            with pytest.raises(TransactWriteError) as refused:
                commit(Put(Thing(pk, "spanning")), Put(Thing("P#someone", "X")))
            assert refused.value.cause_response_code == "AccessDeniedException"
            assert Thing.find(pk, "spanning", consistent=True) is None

    def test_a_reply_lost_leaves_one_effect_and_a_repeat_is_refused(self, scope: TenantScope) -> None:
        item = Counter(tenant_pk(scope, "COUNTER"), "lost", total=3)
        with assume_scope(scope):
            with reply_lost("dynamodb", "TransactWriteItems"), pytest.raises(TransactWriteError):
                commit(Put(item))
            with pytest.raises(TransactionRefusedError):
                commit(Put(item))
            kept = Counter.find(item.pk, item.sk, consistent=True)
            assert kept
            assert (kept.total, kept.version) == (3, 1)

    # Batches

    def test_a_batch_of_any_size_is_written_read_in_order_and_deleted(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        keys = [(pk, f"{number:03}") for number in range(130)]
        with assume_scope(scope):
            batch_write(Thing(*key, text=key[1], data=b"x") for key in keys)
            found = batch_get(Thing, [*reversed(keys), (pk, "none")], consistent=True)
            assert [one.sk for one in found] == [sk for _, sk in reversed(keys)]
            only = batch_get(Thing, keys[:2], consistent=True, only=("text",))
            assert [(one.text, bool(one.data)) for one in only] == [("000", False), ("001", False)]
            batch_write([Thing(*keys[0], text="new"), Thing(*keys[0], text="newest")], deletes=keys[1:])
            assert [one.text for one in batch_get(Thing, keys, consistent=True)] == ["newest"]

    def test_what_is_left_unprocessed_is_sent_again(self, scope: TenantScope) -> None:
        pk = tenant_pk(scope, "THING")
        keys = [(pk, str(number)) for number in range(4)]
        with assume_scope(scope):
            with left_unprocessed("BatchWriteItem", times=2), counted_calls() as calls:
                batch_write(Thing(*key) for key in keys)
            assert calls == ["BatchWriteItem"] * 3, calls
            with left_unprocessed("BatchGetItem", times=1), counted_calls() as calls:
                assert len(batch_get(Thing, keys, consistent=True)) == 4
            assert calls == ["BatchGetItem"] * 2

    def test_a_versioned_record_does_not_go_into_a_batch(self, scope: TenantScope) -> None:
        with assume_scope(scope), pytest.raises(TypeError, match="version"):
            batch_write([Counter(tenant_pk(scope, "COUNTER"), "1")])

    def test_a_table_that_stays_busy_is_an_error_not_a_loss(
        self, scope: TenantScope, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)
        keys = [(tenant_pk(scope, "THING"), str(number)) for number in range(20)]
        with assume_scope(scope), left_unprocessed("BatchGetItem", times=99), pytest.raises(UnprocessedError):
            batch_get(Thing, keys)
