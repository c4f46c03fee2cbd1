-- A submission's suggestions are asked for by its own mentions, which are the later of each pair,
-- and by nothing else.  Kept in that order, those that come together are written side by side;
-- by the earlier, each touched a page of its own somewhere (docs/decisions/0131).
CREATE TABLE suggestion_later_first (
    mention_b BIGINT NOT NULL REFERENCES mention (id), -- the later
    mention_a BIGINT NOT NULL REFERENCES mention (id), -- the earlier
    bits DOUBLE PRECISION NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (mention_b, mention_a)
) %BY_KEY%;
INSERT INTO suggestion_later_first SELECT mention_b, mention_a, bits, created_at FROM suggestion
    ORDER BY mention_b, mention_a;
DROP TABLE suggestion;
ALTER TABLE suggestion_later_first RENAME TO suggestion;
