-- What the cases behind a cause have in common: for each field and attribute its most frequent values in the span,
-- with how often they came before. The dimension without a name has all of them.
SELECT pair.1 AS dimension, pair.2 AS value, countIf({{is_now}}) AS now, count() - now AS before
FROM
(
    SELECT {{date}} AS at, arrayJoin(arrayConcat(
        [('', '*'), ('region', toString(region)), ('category', toString(category)), ('scenario', toString(scenario)),
         ('channel', toString(channel)), ('merchant_id', toString(merchant_id))],
        arrayZip(mapKeys(attributes)::Array(String), mapValues(attributes))
    )) AS pair
    FROM events_log FINAL
    WHERE type IN {types:Array(String)} AND ({{spans}}) AND cityHash64(event_id) % {every:UInt32} = 0 AND {{conditions}}
)
WHERE value != ''
GROUP BY pair
HAVING now > 0
ORDER BY now DESC, dimension, value
LIMIT 3 BY dimension
SETTINGS do_not_merge_across_partitions_select_final = 1
