-- The counts of each value of one dimension in the span and before it, from which the values to name are chosen.
SELECT toString({{dimension}}) AS name, countIf({{is_now}}) AS now, count() AS events
FROM events_log FINAL
WHERE type IN {types:Array(String)} AND ({{spans}}) AND {{conditions}}
GROUP BY {{dimension}}
SETTINGS do_not_merge_across_partitions_select_final = 1
