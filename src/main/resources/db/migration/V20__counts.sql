-- What status and the watch count is counted in an index, however many calls and deliveries there are.

-- Calls of a span of days.
CREATE INDEX call_created ON call (account_id, created_at) WHERE created_at IS NOT NULL;

-- All that ever arrived is in delivery_delivered, and what waits or is dead has indexes of its own:
-- with these, each delivery is counted without being read.
CREATE INDEX delivery_cancelled ON delivery (sink, account_id) WHERE state = 'cancelled';
