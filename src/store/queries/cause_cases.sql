-- The cases behind a cause: how many, what one is worth in the mean, the newest and the costliest of them.
SELECT
    count() AS cases,
    if(countIf(isNotNull(amount)) = 0, NULL, toFloat64(sum(assumeNotNull(amount))) / countIf(isNotNull(amount))) AS meanAmount,
    arrayMap(each -> tuple(-each.1, each.2, each.3, each.4, each.5), groupArraySorted({{most}})(tuple(
        -toUnixTimestamp64Milli(occurred_at), event_id, case_id, order_id, toFloat64(amount)
    ))) AS newest,
    arrayMap(each -> tuple(each.2, each.3, each.4, each.5, -each.1), groupArraySortedIf({{most}})(tuple(
        -toFloat64(assumeNotNull(amount)), toUnixTimestamp64Milli(occurred_at), event_id, case_id, order_id
    ), isNotNull(amount))) AS costliest
FROM events_log FINAL
WHERE type IN {types:Array(String)}
    AND {{date}} >= fromUnixTimestamp64Milli({from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({to:Int64})
    AND {{conditions}}
SETTINGS do_not_merge_across_partitions_select_final = 1
