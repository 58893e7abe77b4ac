-- How long the rows of each table are kept, in seconds; 0 for ever.
SELECT name, toUInt64OrZero(extract(engine_full, 'TTL .*toIntervalSecond\\(_CAST\\((\\d+)')) AS seconds
FROM system.tables
WHERE database = currentDatabase()
