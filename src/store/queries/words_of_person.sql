-- The ids and texts of a person's events, each set once.
SELECT DISTINCT order_id, case_id, text
FROM events_log
WHERE multiIf(
    {by:String} = 'order_id', order_id,
    {by:String} = 'case_id', case_id,
    {by:String} = 'merchant_id', merchant_id,
    attributes[{by:String}]) = {value:String}
