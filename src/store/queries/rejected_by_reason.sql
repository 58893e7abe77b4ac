SELECT reason, field, count() AS rejected, any(position) AS example
FROM rejected_events
GROUP BY reason, field
ORDER BY rejected DESC, reason, field
