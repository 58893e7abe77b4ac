CREATE OR REPLACE VIEW events AS
SELECT
    event_id, type, occurred_at, order_id, case_id, merchant_id, region, category, scenario, channel, amount,
    currency, origin_at, started_at, due_at, outcome, text, attributes, received_at, source, position, batch
FROM events_log FINAL
