-- Counts the cases due in each bucket by the values of all dimensions in use, and as their state those of them that were
-- not answered by their due time; the amounts are of these. A case that was never answered is breached: it is the due
-- time, not the answer, that puts a case into its bucket. A case that is opened again with a new due time is due
-- again, and an answer from before that opening does not count; so none from before the first opening is read.
WITH
    NOT arrayExists(at -> at >= opened.opened_at AND at <= opened.due, answered.answers) AS is_breached,
    (
        SELECT ifNull(minOrNull(occurred_at), fromUnixTimestamp64Milli({to:Int64}))
        FROM events_log
        WHERE type IN {types:Array(String)}
            AND due_at >= fromUnixTimestamp64Milli({from:Int64}) AND due_at < fromUnixTimestamp64Milli({to:Int64})
    ) AS first_opened_at
SELECT
    {{bucket}} AS bucket,
    {{dimensions}}
    countIf(is_breached) AS state,
    count() AS part_events,
    sumIf(opened.case_amount, is_breached) AS part_amount
FROM
(
    SELECT
        case_id,
        assumeNotNull(due_at) AS due,
        argMax(occurred_at, (version, event_id)) AS opened_at,
        argMax({{dimension_values}}, (version, event_id)) AS dimension_values,
        argMax(ifNull(amount, 0), (version, event_id)) AS case_amount
    FROM events_log FINAL
    WHERE type IN {types:Array(String)}
        AND due_at >= fromUnixTimestamp64Milli({from:Int64}) AND due_at < fromUnixTimestamp64Milli({to:Int64})
        AND {{conditions}}
    GROUP BY case_id, due
) AS opened
LEFT JOIN
(
    SELECT case_id, groupArray(occurred_at) AS answers
    FROM events_log FINAL
    WHERE type IN {{answered_types}} AND case_id != ''
        AND occurred_at >= first_opened_at AND occurred_at < fromUnixTimestamp64Milli({to:Int64})
        AND {{answered_conditions}}
    GROUP BY case_id
) AS answered USING (case_id)
GROUP BY {{groups}}
