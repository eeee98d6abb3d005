package report

import (
	"context"
	"fmt"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Submit hands the report in as its next version. Only the person whose report it is may do it (see canSubmit).
// version is the Head.Version that the person looked at: when a colleague changed the text since, the fault is Stale.
// The numbers are frozen with today's date. Warnings don't stop it; unanswered remarks of a return do.
func (s *Service) Submit(ctx context.Context, actor authz.Actor, reporter int64, version int) (number int, err error) {
	h, err := findHead(ctx, s.db, reporter)
	if err != nil {
		return 0, err
	}
	err = s.gate.Do(ctx, actor, authz.ReportSubmit, subject(h), func(tx *store.Tx) (d audit.Detail, err error) {
		if h, err = findHead(ctx, tx, reporter); err != nil {
			return d, err
		}
		if err = canSubmit(h, actor); err != nil {
			return d, err
		}
		if h.Version != version {
			return d, fault.Outdated(h)
		}
		c, checks, err := s.final(ctx, tx, h)
		if err != nil {
			return d, err
		}
		number = h.Number + 1
		digest, err := keepVersion(ctx, tx, actor, reporter, number, c, checks)
		if err != nil {
			return d, err
		}
		d.Changes = []audit.Change{{Field: "state", From: string(h.State), To: string(Submitted)}}
		d.Note = map[string]string{"number": fmt.Sprint(number), "digest": digest}
		_, err = tx.Exec(ctx, `UPDATE report SET state = 'submitted', number = $2, warnings = $3, submitted_at = $4, submitted_by = $5,
			due = '', version = version + 1 WHERE reporter_id = $1`, reporter, number, Warnings(checks), tx.Now, actor.Name)
		return d, err
	})
	return number, err
}

// final is the text as it is handed in, looked at.
func (s *Service) final(ctx context.Context, tx *store.Tx, h Head) (c Content, checks []Check, err error) {
	remarks, err := listRemarks(ctx, tx, h.Reporter)
	if err != nil {
		return c, nil, err
	}
	if n := len(unanswered(remarks, h.Number)); n > 0 && h.State == Returned {
		return c, nil, fault.Bad("fault.report.remarks_open", "Count", n)
	}
	if c, err = s.gather(ctx, tx, h); err != nil {
		return c, nil, err
	}
	all, err := s.numbers(ctx, tx, h, tx.Now)
	if err != nil {
		return c, nil, err
	}
	if c.Numbers = used(c, all); Length(c.Plain()) == 0 {
		return c, nil, fault.Bad("fault.report.nothing_written")
	}
	checks, err = s.examine(ctx, tx, h, c)
	return c, checks, err
}

// AnswerRemark keeps the writing side's answer to one remark of the last return. Version is the remark's.
func (s *Service) AnswerRemark(ctx context.Context, actor authz.Actor, reporter, remark int64, answer string, version int) error {
	h, err := findHead(ctx, s.db, reporter)
	if err != nil {
		return err
	}
	if answer = tidy(answer); answer == "" {
		return formFault("answer", "fault.report.answer_empty")
	}
	if len(answer) > MaxRemark {
		return formFault("answer", "fault.report.too_long", "Limit", MaxRemark/3)
	}
	return s.gate.Do(ctx, actor, authz.ReportWrite, subject(h), func(tx *store.Tx) (d audit.Detail, err error) {
		m, err := findRemark(ctx, tx, reporter, remark)
		if err != nil {
			return d, err
		}
		if h, err = findHead(ctx, tx, reporter); err == nil {
			err = canWrite(h)
		}
		switch {
		case err != nil:
			return d, err
		case m.SentAt == 0 || m.Number != h.Number || h.State != Returned:
			return d, fault.Missing()
		case m.Answer == answer:
			return d, nil
		case m.Version != version:
			return d, fault.Outdated(m)
		}
		d.Changes = []audit.Change{{Field: "answer", From: sizeOf(m.Answer), To: sizeOf(answer)}}
		_, err = tx.Exec(ctx, `UPDATE report_remark SET answer = $2, answered_by = $3, answered_at = $4, version = version + 1 WHERE id = $1`,
			remark, answer, actor.Name, tx.Now)
		return d, err
	})
}
