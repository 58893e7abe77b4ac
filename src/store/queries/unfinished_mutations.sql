-- Of those that name a table: how many have parts to go, and why the last of them failed where it did.
SELECT count() AS unfinished, max(latest_fail_reason) AS failure
FROM system.mutations
WHERE database = currentDatabase() AND NOT is_done AND position(command, {naming:String}) > 0
