-- Lists of many matters: an index for each of the orders that pages come in, and the words of titles and numbers.
DROP INDEX matter_class;
DROP INDEX matter_state;
CREATE INDEX matter_class ON matter (state_class, (CASE WHEN due_on = '' THEN 1 ELSE 0 END), due_on, id, type);
CREATE INDEX matter_state ON matter (state, (CASE WHEN due_on = '' THEN 1 ELSE 0 END), due_on, id, type);
CREATE INDEX matter_common ON matter (id) WHERE common = 1;
CREATE INDEX matter_repeat ON matter (id) WHERE repeat_of <> 0;
-- word is a number made of two or three neighbouring characters; it is written with the matter.
CREATE TABLE matter_word (
  word      BIGINT NOT NULL,
  matter_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX matter_word_word ON matter_word (word, matter_id);
