CREATE OR REPLACE VIEW rejected_events AS
SELECT
    received_at, source, position, raw, reason, field, detail,
    if(source = 'kafka', splitByChar('/', position)[1], '') AS topic,
    if(source = 'kafka', toInt32OrNull(splitByChar('/', position)[2]), NULL) AS partition,
    if(source = 'kafka', toInt64OrNull(splitByChar('/', position)[3]), NULL) AS offset
FROM rejected_events_log FINAL
