-- What claims, holds and clean-ups need, so that each of them is a look into an index.

-- The rule of the service that started last, and the rule by which a full pass last was read to its
-- end. While the two differ, what waits of calls that another rule judged is not sent.
ALTER TABLE account ADD COLUMN rule TEXT;
ALTER TABLE account ADD COLUMN counted_rule TEXT;

-- 1 where the rule does not name the sink any more, before it got the lead.
ALTER TABLE delivery ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;

-- New leads are claimed apart from changed ones (sent_version above 0), each oldest first.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery
    (sink, account_id, (CASE WHEN sent_version > 0 THEN 1 ELSE 0 END), due_at)
    WHERE state IN ('pending', 'unknown');
DROP INDEX delivery_sending;
CREATE INDEX delivery_sending ON delivery (sink, lease_until) WHERE state = 'sending';
CREATE INDEX delivery_dead ON delivery (account_id, call_id) WHERE state = 'dead';

-- When a sink last confirmed a delivery of an account is MAX(delivered_at) of its rows: one look.
CREATE INDEX delivery_delivered ON delivery (sink, account_id, delivered_at)
    WHERE delivered_at IS NOT NULL;

CREATE INDEX pass_kind ON pass (account_id, kind, id);
CREATE INDEX pass_ended ON pass (account_id, ended_at);

-- Calls whose data is still kept, by their age.
CREATE INDEX call_kept ON call (account_id, (COALESCE(created_at, observed_at)))
    WHERE raw IS NOT NULL;
