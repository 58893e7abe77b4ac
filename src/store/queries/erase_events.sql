-- What ties events to each other stays tied, by pseudonyms that nobody can go back from: the salt is forgotten.
-- The event's own id stays, so that the same fact sent again is still counted once.
ALTER TABLE events_log
UPDATE
    order_id = if(order_id = '', '', lower(hex(SHA256(concat((SELECT salt FROM {table:Identifier}), order_id))))),
    case_id = if(case_id = '', '', lower(hex(SHA256(concat((SELECT salt FROM {table:Identifier}), case_id))))),
    merchant_id = if({by:String} = 'merchant_id', lower(hex(SHA256(concat((SELECT salt FROM {table:Identifier}), merchant_id)))), merchant_id),
    text = '',
    attributes = mapFilter((name, value) -> name != {by:String} AND has({kept:Array(String)}, name), attributes)
WHERE multiIf(
    {by:String} = 'order_id', order_id,
    {by:String} = 'case_id', case_id,
    {by:String} = 'merchant_id', merchant_id,
    attributes[{by:String}]) = (SELECT value FROM {table:Identifier})
SETTINGS mutations_sync = 0
