package report

import (
	"context"
	"fmt"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// NewRemark is a remark that a reviewer writes. Number is the version that the reviewer looks at; Part is "" for the
// report as a whole.
type NewRemark struct {
	Reporter int64
	Number   int
	Part     string
	Body     string
}

// Remark notes a remark; the writing side sees it when the report is returned.
func (s *Service) Remark(ctx context.Context, actor authz.Actor, in NewRemark) error {
	in.Body = tidy(in.Body)
	var f fault.Form
	f.Check(in.Body != "", "body", "fault.report.remark_empty")
	f.Check(len(in.Body) <= MaxRemark, "body", "fault.report.too_long", "Limit", MaxRemark/3)
	if err := f.Err(); err != nil {
		return err
	}
	return s.review(ctx, actor, in.Reporter, in.Number, func(tx *store.Tx, h Head) (d audit.Detail, err error) {
		_, c, err := versionBody(ctx, tx, in.Reporter, 0, in.Number)
		if err != nil {
			return d, err
		}
		if in.Part != "" && !c.has(in.Part) {
			return d, fault.Missing()
		}
		d.Note = map[string]string{"remark": in.Part}
		_, err = tx.Exec(ctx, `INSERT INTO report_remark (reporter_id, number, part, body, account_id, name, at, sent_at, answer, answered_by, answered_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', '', 0, 1)`, in.Reporter, in.Number, in.Part, in.Body, actor.Account, actor.Name, tx.Now)
		return d, err
	})
}

func (c Content) has(section string) bool {
	for _, s := range c.Sections {
		if s.ID == section {
			return true
		}
	}
	return false
}

// DropRemark takes away a remark that was not sent yet.
func (s *Service) DropRemark(ctx context.Context, actor authz.Actor, reporter, remark int64) error {
	m, err := findRemark(ctx, s.db, reporter, remark)
	if err != nil {
		return err
	}
	return s.review(ctx, actor, reporter, m.Number, func(tx *store.Tx, _ Head) (audit.Detail, error) {
		d := audit.Detail{Note: map[string]string{"remark_dropped": m.Part}}
		gone, err := tx.Change(ctx, `DELETE FROM report_remark WHERE id = $1 AND sent_at = 0`, remark)
		if err == nil && !gone {
			err = fault.Missing()
		}
		return d, err
	})
}

// Return sends the report back with the remarks noted so far; at least one is needed. due is the date by which it is
// to come again, "" for the cycle's own.
func (s *Service) Return(ctx context.Context, actor authz.Actor, reporter int64, number int, due string) error {
	if due != "" {
		d, err := calendar.ParseDate(due)
		if err != nil {
			return formFault("due", "fault.report.bad_due")
		}
		due = d.String()
	}
	return s.review(ctx, actor, reporter, number, func(tx *store.Tx, h Head) (d audit.Detail, err error) {
		if due != "" && due < s.dayOf(tx.Now) {
			return d, formFault("due", "fault.report.due_past")
		}
		res, err := tx.Exec(ctx, `UPDATE report_remark SET sent_at = $3 WHERE reporter_id = $1 AND number = $2 AND sent_at = 0`, reporter, number, tx.Now)
		if err != nil {
			return d, err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = fault.Bad("fault.report.no_remarks")
		}
		if err != nil {
			return d, err
		}
		d.Changes = []audit.Change{{Field: "state", From: string(h.State), To: string(Returned)}}
		d.Note = map[string]string{"number": fmt.Sprint(number), "remarks": fmt.Sprint(n)}
		return d, decide(ctx, tx, actor, reporter, Returned, due)
	})
}

// Accept takes the version; its text is final, and its promises go to the ledger in the same transaction. Remarks that
// were noted but not sent must first be sent or taken away.
func (s *Service) Accept(ctx context.Context, actor authz.Actor, reporter int64, number int) error {
	return s.review(ctx, actor, reporter, number, func(tx *store.Tx, h Head) (d audit.Detail, err error) {
		remarks, err := listRemarks(ctx, tx, reporter)
		if err != nil {
			return d, err
		}
		for _, m := range remarks {
			if m.SentAt == 0 {
				return d, fault.Bad("fault.report.remarks_unsent")
			}
		}
		v, c, err := versionBody(ctx, tx, reporter, 0, number)
		if err != nil {
			return d, err
		}
		if d.Also, err = s.ports.Promises.RegisterTx(ctx, tx, actor, h, c.Promises()); err != nil {
			return d, err
		}
		if port, ok := s.ports.Promises.(Answered); ok {
			changed, err := port.AnswerTx(ctx, tx, actor, h, c.Answers())
			if err != nil {
				return d, err
			}
			d.Also = append(d.Also, changed...)
		}
		d.Changes = []audit.Change{{Field: "state", From: string(h.State), To: string(Accepted)}}
		d.Note = map[string]string{"number": fmt.Sprint(number), "digest": v.Digest}
		return d, decide(ctx, tx, actor, reporter, Accepted, "")
	})
}

func decide(ctx context.Context, tx *store.Tx, actor authz.Actor, reporter int64, to State, due string) error {
	_, err := tx.Exec(ctx, `UPDATE report SET state = $2, due = $3, decided_at = $4, decided_by = $5, version = version + 1 WHERE reporter_id = $1`,
		reporter, string(to), due, tx.Now, actor.Name)
	return err
}

// review runs a verb of the reviewing side on the version that the reviewer looked at.
func (s *Service) review(ctx context.Context, actor authz.Actor, reporter int64, number int, verb func(tx *store.Tx, h Head) (audit.Detail, error)) error {
	h, err := findHead(ctx, s.db, reporter)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.ReportReview, reviewed(h), func(tx *store.Tx) (audit.Detail, error) {
		h, err := findHead(ctx, tx, reporter)
		if err == nil {
			err = canReview(h, number, actor)
		}
		if err != nil {
			return audit.Detail{}, err
		}
		return verb(tx, h)
	})
}

// Opened notes that the actor opened a version, the first time that somebody of the reviewing side does: whoever may
// review, comment or preside at the convenor. For everybody else it does nothing.
func (s *Service) Opened(ctx context.Context, actor authz.Actor, h Head) error {
	p := s.gate.Policy()
	if h.Number == 0 || !p.Allows(actor, authz.ReportReview, h.bench()) && !p.Allows(actor, authz.CommentWrite, h.bench()) {
		return nil
	}
	var n int
	err := s.db.QueryRow(ctx, `SELECT COUNT(*) FROM report_receipt WHERE reporter_id = $1 AND number = $2 AND account_id = $3`,
		h.Reporter, h.Number, actor.Account).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	return s.gate.Do(ctx, actor, authz.Read, subject(h), func(tx *store.Tx) (audit.Detail, error) {
		_, err := tx.Exec(ctx, `INSERT INTO report_receipt (reporter_id, number, account_id, name, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			h.Reporter, h.Number, actor.Account, actor.Name, tx.Now)
		return audit.Detail{Note: map[string]string{"opened": fmt.Sprint(h.Number)}}, err
	})
}
