package meeting

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Live logs one thing that the host did, at the transaction's time. slot is 0 for open, undo, close and reopen; note is
// the reason that reopen needs. What makes no sense at the moment (somebody else speaks) is refused with one sentence.
// Closing the meeting moves its cycle on.
func (s *Service) Live(ctx context.Context, actor authz.Actor, meeting int64, step Step, slot int64, reason string) error {
	reason = strings.TrimSpace(reason)
	if step == Reopen {
		var err error
		if reason, err = needReason(reason); err != nil {
			return err
		}
	}
	return s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		events, err := Events(ctx, tx, m.ID)
		if err != nil {
			return audit.Detail{}, err
		}
		e := Event{Seq: len(events) + 1, Slot: slot, Step: step, At: tx.Now, Note: reason}
		if n := len(events); n > 0 {
			e.At = max(e.At, events[n-1].At) // the machine's clock may have been set back
		}
		if err := admit(ctx, tx, m, events, &e); err != nil {
			return audit.Detail{}, err
		}
		if e.ID, err = insertEvent(ctx, tx, m.ID, e, actor.Account); err != nil {
			return audit.Detail{}, err
		}
		d := note(string(step))
		if e.Slot != 0 {
			d.Also = append(d.Also, audit.Subject{Kind: SlotKind, ID: e.Slot})
			d.Note["slot"] = key(e.Slot)
		}
		if reason != "" {
			d.Note["reason"] = reason
		}
		return d, settle(ctx, tx, m, append(events, e), &d)
	})
}

// admit checks a new event against what stands, and finds what an undo takes back.
func admit(ctx context.Context, tx *store.Tx, m Meeting, events []Event, e *Event) error {
	if e.Step == Undo {
		last, ok := Undoable(events)
		if !ok {
			return fault.Bad("fault.meeting.nothing_to_undo")
		}
		e.Undoes, e.Slot = last.ID, last.Slot
		return nil
	}
	switch e.Step {
	case Open, Close, Reopen:
		e.Slot = 0
	case Start, Pause, Resume, Stop:
		if x, err := SlotByID(ctx, tx, e.Slot); err != nil || x.Meeting != m.ID {
			return fault.Missing()
		}
	}
	if !Replay(events).Allows(e.Step, e.Slot) {
		return fault.Bad("fault.meeting.not_now")
	}
	return nil
}

func insertEvent(ctx context.Context, tx *store.Tx, meeting int64, e Event, account int64) (int64, error) {
	return tx.Insert(ctx, `INSERT INTO meeting_event (meeting_id, seq, slot_id, kind, at, undoes, note, account_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`, meeting, e.Seq, e.Slot, string(e.Step), e.At, e.Undoes, e.Note, account)
}

// settle keeps the meeting's state as the events say it, and tells the cycle when the meeting is over.
func settle(ctx context.Context, tx *store.Tx, m Meeting, events []Event, d *audit.Detail) error {
	state := Replay(events).State
	if state == m.State {
		return nil
	}
	change(d, "state", string(m.State), string(state))
	if _, err := tx.Exec(ctx, `UPDATE meeting SET state = $2 WHERE id = $1`, m.ID, string(state)); err != nil {
		return err
	}
	if state != Ended {
		return nil
	}
	changes, err := cycle.AdvanceTx(ctx, tx, m.Cycle, cycle.Held)
	if len(changes) > 0 {
		d.Also = append(d.Also, audit.Subject{Kind: "cycle", ID: m.Cycle})
		d.Note["cycle"] = string(cycle.Held)
	}
	return err
}

// Ask writes a question down. asker is a name as the minutes will show it.
func (s *Service) Ask(ctx context.Context, actor authz.Actor, meeting, reporter int64, asker, text string) (id int64, err error) {
	asker, text = strings.TrimSpace(asker), strings.TrimSpace(text)
	var form fault.Form
	form.Check(asker != "" && utf8.RuneCountInString(asker) <= 100, "asker", "fault.meeting.asker")
	form.Check(text != "" && utf8.RuneCountInString(text) <= 2000, "text", "fault.meeting.question")
	if err := form.Err(); err != nil {
		return 0, err
	}
	err = s.run(ctx, actor, meeting, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		r, err := cycle.ReporterByID(ctx, tx, reporter)
		if err != nil || r.Cycle != m.Cycle {
			return audit.Detail{}, fault.Missing()
		}
		id, err = tx.Insert(ctx, `INSERT INTO meeting_question (meeting_id, reporter_id, asker, text, answer, answered, asked_at, removed, version)
			VALUES ($1, $2, $3, $4, '', 0, $5, 0, 1) RETURNING id`, m.ID, reporter, asker, text, tx.Now)
		d := note("question")
		d.Also = []audit.Subject{{Kind: "reporter", ID: reporter}}
		d.Note["reporter"] = key(reporter)
		d.Changes = []audit.Change{{Field: "asker", To: asker}, {Field: "question", To: text}}
		return d, err
	})
	return id, err
}

// Answered is what is written down of an answer.
type Answered struct {
	Version  int
	Answered bool
	Answer   string
}

// Answer writes down whether a question was answered, and if wanted how.
func (s *Service) Answer(ctx context.Context, actor authz.Actor, question int64, in Answered) error {
	in.Answer = strings.TrimSpace(in.Answer)
	if utf8.RuneCountInString(in.Answer) > 4000 {
		var form fault.Form
		form.Add("answer", "fault.meeting.answer")
		return form.Err()
	}
	return s.onQuestion(ctx, actor, question, func(tx *store.Tx, q Question) (audit.Detail, error) {
		d := note("answered")
		answered := 0
		if in.Answered {
			answered = 1
		}
		ok, err := tx.Change(ctx, `UPDATE meeting_question SET answer = $3, answered = $4, version = version + 1 WHERE id = $1 AND version = $2`,
			q.ID, in.Version, in.Answer, answered)
		if err == nil && !ok {
			err = fault.Outdated(q)
		}
		change(&d, "answer", q.Answer, in.Answer)
		return d, err
	})
}

// Withdraw takes a question that was written down by mistake off the record; the log keeps it.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, question int64) error {
	return s.onQuestion(ctx, actor, question, func(tx *store.Tx, q Question) (audit.Detail, error) {
		d := note("question_removed")
		d.Changes = []audit.Change{{Field: "question", From: q.Text}}
		_, err := tx.Exec(ctx, `UPDATE meeting_question SET removed = 1, version = version + 1 WHERE id = $1`, q.ID)
		return d, err
	})
}

func (s *Service) onQuestion(ctx context.Context, actor authz.Actor, id int64, do func(tx *store.Tx, q Question) (audit.Detail, error)) error {
	q, err := QuestionByID(ctx, s.db, id)
	if err != nil {
		return err
	}
	return s.on(ctx, actor, authz.MeetingRun, q.Meeting, gate.Subject{}, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		q, err := QuestionByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		d, err := do(tx, q)
		d.Also = append(d.Also, audit.Subject{Kind: "reporter", ID: q.Reporter})
		if d.Note != nil {
			d.Note["reporter"] = key(q.Reporter)
		}
		return d, err
	})
}

// QuestionByID gives a question that stands, or NotFound. It asks no scope.
func QuestionByID(ctx context.Context, r store.Reader, id int64) (Question, error) {
	q, err := scanQuestion(r.QueryRow(ctx, `SELECT id, meeting_id, reporter_id, asker, text, answer, answered, asked_at, version
		FROM meeting_question WHERE id = $1 AND removed = 0`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return q, err
}
