package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/store"
)

var matterFields = []string{"id", "type", "type_version", "number", "title", "state", "state_class", "unit_id", "unit_path",
	"convenor_id", "convenor_path", "cycle_id", "meeting_id", "slot_id", "comment_id", "item", "report_id", "common", "group_id",
	"repeat_of", "post_id", "person_id", "due_on", "due_at", "prompt_at", "recur_on", "target_on", "fields", "marks", "opened_on", "closed_on", "reopened",
	"created_at", "changed_at", "version", "look_from", "requester_id", "requester_path", "asker_id"}

var matterColumns = "m." + strings.Join(matterFields, ", m.")

func scanMatter(row interface{ Scan(...any) error }) (m Matter, err error) {
	var fields, marks string
	var common int
	err = row.Scan(&m.ID, &m.Type, &m.TypeVersion, &m.Number, &m.Title, &m.State, &m.Class, &m.Owner.ID, &m.Owner.Path,
		&m.Convenor.ID, &m.Convenor.Path, &m.Origin.Cycle, &m.Origin.Meeting, &m.Origin.Slot, &m.Origin.Comment, &m.Origin.Item,
		&m.Origin.Report, &common, &m.Group, &m.RepeatOf, &m.Post, &m.Person, &m.Due, &m.DueAt, &m.PromptAt, &m.RecurOn, &m.Target, &fields, &marks, &m.Opened,
		&m.Closed, &m.Reopened, &m.CreatedAt, &m.ChangedAt, &m.Version, &m.LookFrom,
		&m.Requester.ID, &m.Requester.Path, &m.Asker)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fault.Missing()
	}
	if err != nil {
		return m, err
	}
	m.Common, m.Values = common == 1, Values{}
	if err = json.Unmarshal([]byte(fields), &m.Values); err == nil {
		err = json.Unmarshal([]byte(marks), &m.Marks)
	}
	return m, err
}

func scanMatters(rows *sql.Rows) (Matter, error) { return scanMatter(rows) }

// matterByID reads a matter without asking who wants to know; verbs that act upon it use it after or inside the gate.
func matterByID(ctx context.Context, r store.Reader, id int64) (Matter, error) {
	return scanMatter(r.QueryRow(ctx, `SELECT `+matterColumns+` FROM matter m WHERE m.id = $1`, id))
}

func (m Matter) stored() (fields, marks string, err error) {
	f, err := json.Marshal(m.Values)
	if err != nil {
		return "", "", err
	}
	k, err := json.Marshal(m.Marks)
	return string(f), string(k), err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// insertMatter writes a new matter and counts it.
func insertMatter(ctx context.Context, tx *store.Tx, m *Matter) error {
	if err := writeMatter(ctx, tx, m); err != nil {
		return err
	}
	return count(ctx, tx, *m, 1)
}

// writeMatter writes a new matter; whoever calls it counts it.
func writeMatter(ctx context.Context, tx *store.Tx, m *Matter) error {
	fields, marks, err := m.stored()
	if err != nil {
		return err
	}
	m.CreatedAt, m.ChangedAt, m.Version = tx.Now, tx.Now, 1
	m.ID, err = tx.Insert(ctx, `INSERT INTO matter (type, type_version, number, title, state, state_class, unit_id, unit_path,
		convenor_id, convenor_path, place_path, cycle_id, meeting_id, slot_id, comment_id, item, report_id, common, group_id,
		repeat_of, post_id, person_id, due_on, target_on, fields, marks, opened_on, closed_on, reopened, created_at, changed_at, version,
		due_at, prompt_at, look_from, requester_id, requester_path, asker_id, recur_on)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
		$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39) RETURNING id`,
		m.Type, m.TypeVersion, m.Number, m.Title, m.State, m.Class, m.Owner.ID, m.Owner.Path, m.Convenor.ID, m.Convenor.Path,
		m.Place().Path, m.Origin.Cycle, m.Origin.Meeting, m.Origin.Slot, m.Origin.Comment, m.Origin.Item, m.Origin.Report,
		flag(m.Common), m.Group, m.RepeatOf, m.Post, m.Person, m.Due, m.Target, fields, marks, m.Opened, m.Closed, m.Reopened,
		m.CreatedAt, m.ChangedAt, m.Version, m.DueAt, m.PromptAt, m.LookFrom,
		m.Requester.ID, m.Requester.Path, m.Asker, m.RecurOn)
	if err != nil {
		return err
	}
	return writeWords(ctx, tx, Matter{}, *m)
}

// columns are what a matter has in columns of its own that may change.
func (m Matter) columns() []store.Fixed {
	return []store.Fixed{{Column: "title", Value: m.Title}, {Column: "state", Value: m.State}, {Column: "state_class", Value: m.Class}, {Column: "unit_id", Value: m.Owner.ID},
		{Column: "unit_path", Value: m.Owner.Path}, {Column: "place_path", Value: m.Place().Path}, {Column: "repeat_of", Value: m.RepeatOf}, {Column: "group_id", Value: m.Group},
		{Column: "common", Value: flag(m.Common)}, {Column: "post_id", Value: m.Post}, {Column: "person_id", Value: m.Person}, {Column: "due_on", Value: m.Due},
		{Column: "target_on", Value: m.Target}, {Column: "closed_on", Value: m.Closed}, {Column: "reopened", Value: m.Reopened}, {Column: "convenor_id", Value: m.Convenor.ID},
		{Column: "convenor_path", Value: m.Convenor.Path}, {Column: "due_at", Value: m.DueAt}, {Column: "prompt_at", Value: m.PromptAt}, {Column: "requester_id", Value: m.Requester.ID},
		{Column: "requester_path", Value: m.Requester.Path}, {Column: "recur_on", Value: m.RecurOn}}
}

// updateMatter writes a matter over the one it was made from, and moves its count. was.Version guards it. Only columns
// that changed are written: a database keeps every index of a column that it is told to write, changed or not.
func updateMatter(ctx context.Context, tx *store.Tx, was Matter, m *Matter) error {
	fields, marks, err := m.stored()
	if err != nil {
		return err
	}
	m.ChangedAt, m.Version = tx.Now, was.Version+1
	set, args := "fields = $1, marks = $2, changed_at = $3, version = $4", []any{fields, marks, m.ChangedAt, m.Version, m.ID, was.Version}
	old := was.columns()
	for i, c := range m.columns() {
		if c.Value != old[i].Value {
			args = append(args, c.Value)
			set += fmt.Sprintf(", %s = $%d", c.Column, len(args))
		}
	}
	ok, err := tx.Change(ctx, `UPDATE matter SET `+set+` WHERE id = $5 AND version = $6`, args...)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Outdated(was)
	}
	if err := writeWords(ctx, tx, was, *m); err != nil {
		return err
	}
	if same(was, *m) {
		return nil
	}
	return recount(ctx, tx, was, *m)
}

// nextNumber hands out the next number of a type and year.
func nextNumber(ctx context.Context, tx *store.Tx, d *Definition, year int) (string, error) {
	var seq int64
	err := tx.QueryRow(ctx, `INSERT INTO ledger_number (type, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (type, year) DO UPDATE SET last = ledger_number.last + 1 RETURNING last`, d.ID, year).Scan(&seq)
	return d.NumberFor(year, seq), err
}

func insertEvent(ctx context.Context, tx *store.Tx, e *Event, part bool) (err error) {
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return err
	}
	e.At = tx.Now
	e.ID, err = tx.Insert(ctx, `INSERT INTO matter_event (matter_id, step, from_state, to_state, account_id, person_id, actor_name,
		part, happened_on, recorded_at, note, changes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		e.Matter, e.Step, e.From, e.To, e.Who.Account, e.Who.Person, e.Name, flag(part), e.On, e.At, e.Note, string(changes))
	return err
}

// doersOf lists who took part in a matter: whoever took a step or brought evidence, and every person who ever answered
// for it, as an account that there is none of.
func doersOf(ctx context.Context, r store.Reader, matter int64) ([]Who, error) {
	return store.List(ctx, r, `SELECT account_id, person_id FROM matter_event WHERE matter_id = $1 AND part = 1
		UNION SELECT -1, person_id FROM matter_holder WHERE matter_id = $1 AND person_id <> 0`,
		[]any{matter}, func(rows *sql.Rows) (w Who, err error) {
			err = rows.Scan(&w.Account, &w.Person)
			return w, err
		})
}

func eventsOf(ctx context.Context, r store.Reader, matter int64) ([]Event, error) {
	return store.List(ctx, r, `SELECT id, matter_id, step, from_state, to_state, account_id, person_id, actor_name, happened_on,
		recorded_at, note, changes FROM matter_event WHERE matter_id = $1 ORDER BY id`, []any{matter},
		func(rows *sql.Rows) (e Event, err error) {
			var changes string
			err = rows.Scan(&e.ID, &e.Matter, &e.Step, &e.From, &e.To, &e.Who.Account, &e.Who.Person, &e.Name, &e.On, &e.At, &e.Note, &changes)
			if err == nil {
				err = json.Unmarshal([]byte(changes), &e.Changes)
			}
			return e, err
		})
}

const fileColumns = `id, matter_id, event_id, name, hash, size, type, link, evidence_on, uploaded_at, account_id, person_id`

func scanFile(rows *sql.Rows) (f File, err error) {
	err = rows.Scan(&f.ID, &f.Matter, &f.Event, &f.Name, &f.Hash, &f.Size, &f.Type, &f.Link, &f.On, &f.At, &f.Who.Account, &f.Who.Person)
	return f, err
}

func filesOf(ctx context.Context, r store.Reader, matter int64) ([]File, error) {
	return store.List(ctx, r, `SELECT `+fileColumns+` FROM matter_file WHERE matter_id = $1 ORDER BY id`, []any{matter}, scanFile)
}

func insertFile(ctx context.Context, tx *store.Tx, f File) error {
	_, err := tx.Exec(ctx, `INSERT INTO matter_file (matter_id, event_id, name, hash, size, type, link, evidence_on, uploaded_at,
		account_id, person_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, f.Matter, f.Event, f.Name, f.Hash, f.Size,
		f.Type, f.Link, f.On, tx.Now, f.Who.Account, f.Who.Person)
	return err
}

func insertHolder(ctx context.Context, tx *store.Tx, h Holder) error {
	_, err := tx.Exec(ctx, `INSERT INTO matter_holder (matter_id, cycle_id, post_id, person_id, from_date) VALUES ($1, $2, $3, $4, $5)`,
		h.Matter, h.Cycle, h.Post, h.Person, h.From)
	return err
}

func holdersOf(ctx context.Context, r store.Reader, matter int64) ([]Holder, error) {
	return store.List(ctx, r, `SELECT matter_id, cycle_id, post_id, person_id, from_date FROM matter_holder WHERE matter_id = $1 ORDER BY id`,
		[]any{matter}, func(rows *sql.Rows) (h Holder, err error) {
			err = rows.Scan(&h.Matter, &h.Cycle, &h.Post, &h.Person, &h.From)
			return h, err
		})
}
