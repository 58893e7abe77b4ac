-- How many of the events that arrived since a moment are or have been in more than one place. It looks through the ids of
-- all events there are, once; what is done about those that moved is not worth looking through them for if none did.
SELECT count() AS moved
FROM
(
    SELECT event_id
    FROM
    (
        SELECT
            event_id,
            cityHash64(
                type, occurred_minute, ifNull(origin_minute, toDateTime(0)), ifNull(due_minute, toDateTime(0))
            ) AS place
        FROM event_positions
        WHERE event_id IN
        (
            SELECT event_id FROM event_positions WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
        )
    )
    GROUP BY event_id
    HAVING min(place) != max(place)
)
