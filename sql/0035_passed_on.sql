-- An answer of a return interview that is passed on becomes a submission, whose account is sealed. The
-- row beside the interview named the same account at the same millisecond, so that the two could be
-- put together. It says now whose answer it is and since when, which the interview says already.
UPDATE missing_entry SET
    account_id = coalesce((SELECT o.account_id FROM missing_entry o
        WHERE o.episode_id = missing_entry.episode_id AND o.id < missing_entry.id AND o.kind <> 'fragment'
        ORDER BY o.id DESC LIMIT 1), account_id),
    at = coalesce((SELECT o.at FROM missing_entry o
        WHERE o.episode_id = missing_entry.episode_id AND o.id < missing_entry.id AND o.kind <> 'fragment'
        ORDER BY o.id DESC LIMIT 1), at)
WHERE kind = 'fragment';
