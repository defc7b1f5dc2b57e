-- What a sink wants to know of a delivered version when the next one comes.
ALTER TABLE delivery ADD COLUMN memo TEXT;

-- Leads that changed after their delivery, for sinks that take updates.
CREATE INDEX delivery_changed ON delivery (sink, account_id)
    WHERE state = 'delivered' AND wanted_version > sent_version;
