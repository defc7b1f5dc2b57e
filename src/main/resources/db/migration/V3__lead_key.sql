-- What the external keys of its leads begin with: the name it was first known by, whatever it is
-- called since. Salesforce and Slack know the leads by it.
ALTER TABLE account ADD COLUMN lead_key TEXT NOT NULL DEFAULT '';
UPDATE account SET lead_key = name;
CREATE UNIQUE INDEX account_lead_key ON account (lead_key);
