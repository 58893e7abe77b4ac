-- An event whose correction moved it to another hour or type is still there at its old place. This marks the
-- old rows deleted, with the correction's version, so that reading them again later changes nothing.
INSERT INTO events_log
    (event_id, type, occurred_at, order_id, case_id, merchant_id, region, category, scenario, channel, amount,
     currency, origin_at, started_at, due_at, outcome, text, attributes, received_at, source, position, version, is_deleted)
WITH moved AS
(
    SELECT event_id, argMax((type, toStartOfHour(occurred_minute)), version) AS place, max(version) AS newest
    FROM event_positions
    WHERE event_id IN
    (
        SELECT event_id FROM event_positions WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
    )
    GROUP BY event_id
    HAVING uniqExact(type, toStartOfHour(occurred_minute)) > 1
)
SELECT
    e.event_id, e.type, e.occurred_at, e.order_id, e.case_id, e.merchant_id, e.region, e.category, e.scenario,
    e.channel, e.amount, e.currency, e.origin_at, e.started_at, e.due_at, e.outcome, e.text, e.attributes,
    e.received_at, e.source, e.position, moved.newest, 1
FROM
(
    SELECT *
    FROM events_log FINAL
    WHERE (type, toStartOfHour(occurred_at), event_id) IN
    (
        SELECT type, toStartOfHour(occurred_minute), event_id FROM event_positions WHERE event_id IN (SELECT event_id FROM moved)
    )
) AS e
INNER JOIN moved ON e.event_id = moved.event_id
WHERE (toString(e.type), toStartOfHour(e.occurred_at)) != moved.place
