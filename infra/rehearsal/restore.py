"""Damages the table, and restores it as docs/deploy.md says: the same calls, in the same order."""

from typing import Any

from infra.local.demo_dealer import SLUG
from infra.rehearsal.bounce import item
from infra.rehearsal.deployment import Deployment

_CHECK, _BACKUP = "check", "good"


def damage_and_restore(deployment: Deployment) -> None:
    """Delete which import is published, then restore the table."""
    client, table = deployment.client("dynamodb"), deployment.outputs["TableName"]
    client.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=_CHECK, UseLatestRestorableTime=True)
    _damage(deployment, client, table)
    _wait(client, "table_exists", _CHECK)
    backup = client.create_backup(TableName=_CHECK, BackupName=_BACKUP)["BackupDetails"]["BackupArn"]
    client.update_table(TableName=table, DeletionProtectionEnabled=False)
    client.delete_table(TableName=table)
    _wait(client, "table_not_exists", table)
    client.restore_table_from_backup(TargetTableName=table, BackupArn=backup)
    _wait(client, "table_exists", table)
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )


def _damage(deployment: Deployment, client: Any, table: str) -> None:
    dealer_id = item(deployment, f"SLUG#{SLUG}", "SLUG")["dealer_id"]["S"]
    client.delete_item(TableName=table, Key={"pk": {"S": f"D#{dealer_id}#DEALER"}, "sk": {"S": "PUBLISHED"}})


def _wait(client: Any, what: str, table: str) -> None:
    client.get_waiter(what).wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
