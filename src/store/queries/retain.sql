ALTER TABLE {table:Identifier} MODIFY TTL toDateTime({column:Identifier}) + toIntervalSecond({seconds:UInt64})
