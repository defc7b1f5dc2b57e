-- What one process at a time works on, as a Slack channel or an account's file.
CREATE TABLE place (
    name       TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    held_until BIGINT NOT NULL
);
