-- What a representative sent to the referral unit is answered by a referral when that is sent, not
-- when it is begun: those that are drafts still wait again, with their writer, and those that were
-- withdrawn wait for somebody.
UPDATE submission_maru SET outcome = '', outcome_by = NULL, outcome_at = NULL, revision = revision + 1
 WHERE outcome = 'referral-made'
   AND referral_id IN (SELECT id FROM referral WHERE state <> 'sent' AND sent_at IS NULL);
UPDATE submission_maru SET referral_id = NULL
 WHERE outcome = '' AND referral_id IN (SELECT id FROM referral WHERE state = 'withdrawn');
