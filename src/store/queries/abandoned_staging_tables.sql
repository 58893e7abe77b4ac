SELECT name
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, 'staging_') AND metadata_modification_time < now() - INTERVAL 1 DAY
