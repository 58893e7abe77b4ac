SELECT
    (
        SELECT count()
        FROM events_log
        WHERE multiIf(
            {by:String} = 'order_id', order_id,
            {by:String} = 'case_id', case_id,
            {by:String} = 'merchant_id', merchant_id,
            attributes[{by:String}]) = {value:String}
    ) AS events,
    (SELECT count() FROM rejected_events_log WHERE match(raw, {naming:String})) AS rejected
