package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// Notice is what an account is told of a matter. Kind is the step that tells it (StepRemind, StepEscalate or another
// room's word); Level is how far above the owner it went; Due the date that it is about, "" where there is none. Note is
// a text of people, as it is. Times are UTC microseconds; Read is 0 until it was read.
type Notice struct {
	ID      int64
	Account int64
	Matter  int64
	Kind    string
	Level   int
	Due     string
	Note    string
	At      int64
	Read    int64
	// About is the matter, the zero Matter where the reader may not read it any more; NoticesOf fills it in.
	About Matter
}

// noticeRows is how many notices go into one statement.
const noticeRows = 100

// insertNotices tells accounts, in the transaction of what they are told.
func insertNotices(ctx context.Context, tx *store.Tx, list []Notice) error {
	for len(list) > 0 {
		part := list[:min(noticeRows, len(list))]
		list = list[len(part):]
		marks, args := make([]string, len(part)), make([]any, 0, 7*len(part))
		for i, n := range part {
			k := 7 * i
			marks[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, 0)", k+1, k+2, k+3, k+4, k+5, k+6, k+7)
			args = append(args, n.Account, n.Matter, n.Kind, n.Level, n.Due, n.Note, tx.Now)
		}
		_, err := tx.Exec(ctx, `INSERT INTO notice (account_id, matter_id, kind, level, due_on, note, at, read_at) VALUES `+strings.Join(marks, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// NoticeQuery asks for an account's notices, newest first. Before is the last key of the page before, 0 for the first.
type NoticeQuery struct {
	Read   bool // those that were read; else those that were not
	Before int64
	Limit  int
}

// Notices lists what the actor was told.
func (s *Service) Notices(ctx context.Context, actor authz.Actor, q NoticeQuery) ([]Notice, error) {
	w := &where{}
	w.add("n.account_id = ?", actor.Account)
	if q.Read {
		w.add("n.read_at > 0")
	} else {
		w.add("n.read_at = 0")
	}
	if q.Before != 0 {
		w.add("n.id < ?", q.Before)
	}
	w.args = append(w.args, q.Limit)
	list, err := store.List(ctx, s.db, fmt.Sprintf(`SELECT n.id, n.account_id, n.matter_id, n.kind, n.level, n.due_on, n.note, n.at, n.read_at
		FROM notice n WHERE %s ORDER BY n.id DESC LIMIT $%d`, w, len(w.args)), w.args, scanNotice)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, s.about(ctx, actor, list)
}

func scanNotice(rows *sql.Rows) (n Notice, err error) {
	err = rows.Scan(&n.ID, &n.Account, &n.Matter, &n.Kind, &n.Level, &n.Due, &n.Note, &n.At, &n.Read)
	return n, err
}

// about fills in the matters that the actor may read.
func (s *Service) about(ctx context.Context, actor authz.Actor, list []Notice) error {
	var ids []int64
	for _, n := range list {
		ids = append(ids, n.Matter)
	}
	found, err := mattersByID(ctx, s.db, distinct(ids))
	by := map[int64]Matter{}
	for _, m := range found {
		if s.mayRead(actor, m) {
			by[m.ID] = m
		}
	}
	for i := range list {
		list[i].About = by[list[i].Matter]
	}
	return err
}

// MostUnread is how far unread notices are counted; more than that is "more".
const MostUnread = 99

// Unread counts the actor's unread notices, up to MostUnread+1. Every page asks it, so it reads one index and no more.
func (s *Service) Unread(ctx context.Context, actor authz.Actor) (n int, err error) {
	err = s.db.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM notice WHERE account_id = $1 AND read_at = 0 LIMIT $2) x`, actor.Account, MostUnread+1).Scan(&n)
	return n, err
}

// ReadNotice notes that the actor has read a notice and gives its matter; 0 where it is none of the actor's.
func (s *Service) ReadNotice(ctx context.Context, actor authz.Actor, id int64) (matter int64, err error) {
	var read int64
	err = store.Each(ctx, s.db, `SELECT matter_id, read_at FROM notice WHERE id = $1 AND account_id = $2`, []any{id, actor.Account}, func(rows *sql.Rows) error {
		return rows.Scan(&matter, &read)
	})
	if err != nil || matter == 0 || read != 0 {
		return matter, err
	}
	return matter, s.read(ctx, `account_id = $2 AND id = $3 AND read_at = 0`, actor.Account, id)
}

// ReadAll notes that the actor has read every notice up to one, so that what came in since stays unread.
func (s *Service) ReadAll(ctx context.Context, actor authz.Actor, upTo int64) error {
	return s.read(ctx, `account_id = $2 AND read_at = 0 AND id <= $3`, actor.Account, upTo)
}

// read notes that notices were seen: no act upon a matter, and so no entry in the log.
func (s *Service) read(ctx context.Context, cond string, args ...any) error {
	return s.gate.Housekeep(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE notice SET read_at = $1 WHERE `+cond, append([]any{tx.Now}, args...)...)
		return err
	})
}

// noticesKept is how long notices that were read are kept, in days.
const noticesKept = 366

// forgetBatch is how many notices one transaction deletes: few enough that whoever writes meanwhile does not notice.
const forgetBatch = 500

// forgetNotices deletes notices that were read more than a year ago: the matter's own history still tells what happened.
// What was never read stays.
func (s *Service) forgetNotices(ctx context.Context) error {
	before := s.gate.Now().AddDate(0, 0, -noticesKept).UnixMicro()
	for {
		ids, err := store.List(ctx, s.db, `SELECT id FROM notice WHERE read_at > 0 AND read_at < $1 ORDER BY read_at LIMIT $2`, []any{before, forgetBatch}, func(rows *sql.Rows) (id int64, err error) {
			err = rows.Scan(&id)
			return id, err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		w := &where{}
		in(w, "id", ids)
		err = s.gate.Housekeep(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM notice WHERE `+w.String(), w.args...)
			return err
		})
		if err != nil {
			return err
		}
	}
}
