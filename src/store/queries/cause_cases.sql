-- The cases behind a cause: the newest and the costliest, each with how many there are and what one is worth in the
-- mean. The few that are wanted are looked for first, and only they are read whole.
SELECT which, eventId, caseId, orderId, occurredAt, amount, totals.1 AS cases, totals.2 AS meanAmount
FROM
(
    SELECT
        'newest' AS which, event_id AS eventId, case_id AS caseId, order_id AS orderId,
        toUnixTimestamp64Milli(occurred_at) AS occurredAt, toFloat64(events_log.amount) AS amount
    FROM events_log FINAL
    WHERE {{wanted}}
    ORDER BY occurred_at DESC, event_id
    LIMIT {most:UInt32}
    UNION ALL
    SELECT
        'costliest' AS which, event_id AS eventId, case_id AS caseId, order_id AS orderId,
        toUnixTimestamp64Milli(occurred_at) AS occurredAt, toFloat64(events_log.amount) AS amount
    FROM events_log FINAL
    WHERE isNotNull(events_log.amount) AND {{wanted}}
    ORDER BY events_log.amount DESC, event_id
    LIMIT {most:UInt32}
) AS found
CROSS JOIN
(
    SELECT tuple(count(), toFloat64(sum(assumeNotNull(amount))) / nullIf(countIf(isNotNull(amount)), 0)) AS totals
    FROM events_log FINAL
    WHERE {{wanted}}
) AS whole
SETTINGS do_not_merge_across_partitions_select_final = 1
