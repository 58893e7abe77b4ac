SELECT
    arrayFilter(id -> id != '', groupUniqArrayArray([order_id, case_id])) AS ids,
    arrayFilter(text -> text != '', groupUniqArray(text)) AS texts
FROM events_log
WHERE multiIf(
    {by:String} = 'order_id', order_id,
    {by:String} = 'case_id', case_id,
    {by:String} = 'merchant_id', merchant_id,
    attributes[{by:String}]) = {value:String}
