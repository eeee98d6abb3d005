-- One report per reporter of a cycle. number is the last version handed in (0: none); version counts every change of
-- the working text, so that what is handed in is what was looked at. due is set by a return and beats the cycle's.
CREATE TABLE report (
  reporter_id  BIGINT PRIMARY KEY,
  state        TEXT NOT NULL,
  number       INTEGER NOT NULL,
  due          TEXT NOT NULL,
  warnings     INTEGER NOT NULL,
  submitted_at BIGINT NOT NULL,
  submitted_by TEXT NOT NULL,
  decided_at   BIGINT NOT NULL,
  decided_by   TEXT NOT NULL,
  version      INTEGER NOT NULL
);
-- The working text, part by part: a section, or the answer to one item ("section/item"). Each part has its own version.
CREATE TABLE report_part (
  reporter_id BIGINT NOT NULL,
  part        TEXT NOT NULL,
  body        TEXT NOT NULL,
  account_id  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  version     INTEGER NOT NULL,
  PRIMARY KEY (reporter_id, part)
);
-- What somebody wrote while somebody else had changed the same part: kept until its author chooses.
CREATE TABLE report_aside (
  reporter_id BIGINT NOT NULL,
  part        TEXT NOT NULL,
  account_id  BIGINT NOT NULL,
  body        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (reporter_id, part, account_id)
);
-- Kept states of the whole report, never changed: what was handed in (number 1, 2 …) and a bounded trail of drafts (0).
CREATE TABLE report_version (
  id          {{ID}},
  reporter_id BIGINT NOT NULL,
  number      INTEGER NOT NULL,
  at          BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  body        TEXT NOT NULL,
  digest      TEXT NOT NULL,
  checks      TEXT NOT NULL
);
CREATE INDEX report_version_reporter ON report_version (reporter_id, number);
-- Remarks on a version handed in; sent_at 0 is a remark that the reviewer has not sent yet.
CREATE TABLE report_remark (
  id          {{ID}},
  reporter_id BIGINT NOT NULL,
  number      INTEGER NOT NULL,
  part        TEXT NOT NULL,
  body        TEXT NOT NULL,
  account_id  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  sent_at     BIGINT NOT NULL,
  answer      TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  version     INTEGER NOT NULL
);
CREATE INDEX report_remark_reporter ON report_remark (reporter_id, number);
-- Who of the reviewing side first opened which version, and when.
CREATE TABLE report_receipt (
  reporter_id BIGINT NOT NULL,
  number      INTEGER NOT NULL,
  account_id  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (reporter_id, number, account_id)
);
-- Attachments. A row is never deleted: a version handed in may name it; removed_at takes it off the working report.
CREATE TABLE report_file (
  id          {{ID}},
  reporter_id BIGINT NOT NULL,
  hash        TEXT NOT NULL,
  size        BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  added_by    TEXT NOT NULL,
  added_at    BIGINT NOT NULL,
  removed_at  BIGINT NOT NULL
);
CREATE INDEX report_file_reporter ON report_file (reporter_id);
