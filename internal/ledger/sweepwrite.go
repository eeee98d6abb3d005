package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/store"
)

// given is a prompt that was given to a matter.
type given struct {
	matter int64
	prompt string
}

func givenTo(m Matter, p Prompt) given { return given{m.ID, p.key() + " " + p.due()} }

// recordPrompts records what a batch is told of and says what of it is given for the first time. The table's key
// decides, whoever else is at it.
func recordPrompts(ctx context.Context, tx *store.Tx, batch []swept) (map[given]bool, error) {
	first := map[given]bool{}
	var rows []string
	var args []any
	for _, w := range batch {
		for _, p := range w.given {
			k := len(args)
			rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d)", k+1, k+2, k+3, k+4, k+5, k+6))
			args = append(args, w.matter.ID, p.Rule, p.Level, p.Due, p.DueAt, tx.Now)
		}
	}
	if len(rows) == 0 {
		return first, nil
	}
	return first, store.Each(ctx, tx, `INSERT INTO matter_prompt (matter_id, rule, level, due_on, due_at, at) VALUES `+strings.Join(rows, ", ")+`
		ON CONFLICT DO NOTHING RETURNING matter_id, rule, level, due_on, due_at`, args, func(rows *sql.Rows) error {
		var m Matter
		var p Prompt
		err := rows.Scan(&m.ID, &p.Rule, &p.Level, &p.Due, &p.DueAt)
		first[givenTo(m, p)] = true
		return err
	})
}

// tell writes what a batch is told of for the first time into the histories, tells the accounts, and notes when each
// matter's next prompt falls due. The versions stay: a form that somebody has open is as good as before.
func (s *Service) tell(ctx context.Context, tx *store.Tx, batch []swept, first map[given]bool) (d audit.Detail, err error) {
	var notices []Notice
	var events []Event
	today := s.todayIn(tx).String()
	for _, w := range batch {
		m := w.matter
		for i, p := range w.given {
			if !first[givenTo(m, p)] {
				continue
			}
			events = append(events, Event{Matter: m.ID, Step: p.Step, From: m.State, To: m.State, Name: authz.System().Name, On: today, Changes: w.to[i].told(p)})
			for _, account := range w.to[i].accounts {
				notices = append(notices, Notice{Account: account, Matter: m.ID, Kind: p.Step, Level: p.Level, Due: p.Due})
			}
			d.Changes = append(d.Changes, audit.Change{Field: p.Step + " " + m.Number, To: strings.TrimSpace(m.Type + " " + p.Clock.ID + " " + p.To)})
		}
		d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: m.ID})
	}
	d.Note = map[string]string{"matters": strconv.Itoa(len(batch))}
	if err := insertEvents(ctx, tx, events); err != nil {
		return d, err
	}
	if err := insertNotices(ctx, tx, notices); err != nil {
		return d, err
	}
	return d, putOff(ctx, tx, batch)
}

// insertEvents writes events of nobody's, in few statements.
func insertEvents(ctx context.Context, tx *store.Tx, list []Event) error {
	for len(list) > 0 {
		part := list[:min(noticeRows, len(list))]
		list = list[len(part):]
		marks, args := make([]string, len(part)), make([]any, 0, 8*len(part))
		for i, e := range part {
			changes, err := json.Marshal(e.Changes)
			if err != nil {
				return err
			}
			k := 8 * i
			marks[i] = fmt.Sprintf("($%d, $%d, $%d, $%d, 0, 0, $%d, 0, $%d, $%d, '', $%d)", k+1, k+2, k+3, k+4, k+5, k+6, k+7, k+8)
			args = append(args, e.Matter, e.Step, e.From, e.To, e.Name, e.On, tx.Now, string(changes))
		}
		_, err := tx.Exec(ctx, `INSERT INTO matter_event (matter_id, step, from_state, to_state, account_id, person_id, actor_name, part, happened_on,
			recorded_at, note, changes) VALUES `+strings.Join(marks, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// putOff notes when each matter of a batch is next told of something, and what it was told.
func putOff(ctx context.Context, tx *store.Tx, batch []swept) error {
	change, err := tx.Prepare(ctx, `UPDATE matter SET prompt_at = $1, marks = $2 WHERE id = $3`)
	if err != nil {
		return err
	}
	defer change.Close()
	for _, w := range batch {
		if _, err := change.ExecContext(ctx, w.next, w.marks, w.matter.ID); err != nil {
			return err
		}
	}
	return nil
}

// The changes of the events of prompts: which clock, for which due date, who was told, as whom and where.
const (
	ChangeClock  = "told_clock"
	ChangeDue    = "told_due"
	ChangeAs     = "told_as"
	ChangeUnit   = "told_unit"
	ChangePerson = "told_person"
	ChangeLevel  = "told_level"
)

func (a audience) told(p Prompt) []Change {
	out := []Change{{Field: ChangeClock, To: p.Clock.ID}, {Field: ChangeDue, To: p.Due}, {Field: ChangeAs, To: a.as}, {Field: ChangeUnit, To: idValue(a.unit).Text}}
	for _, id := range a.people {
		out = append(out, Change{Field: ChangePerson, To: idValue(id).Text})
	}
	if p.Level > 0 {
		out = append(out, Change{Field: ChangeLevel, To: fmt.Sprint(p.Level)})
	}
	return out
}
