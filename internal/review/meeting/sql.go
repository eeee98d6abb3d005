package meeting

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

func key(n int64) string { return strconv.FormatInt(n, 10) }

const columns = `m.id, m.cycle_id, m.unit_id, c.meeting_date, m.start, m.place, m.presider_id, m.limit_sec, m.state, m.version`

func scanMeeting(row interface{ Scan(...any) error }) (m Meeting, err error) {
	err = row.Scan(&m.ID, &m.Cycle, &m.Unit, &m.Date, &m.Start, &m.Place, &m.Presider, &m.Limit, &m.State, &m.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return m, err
}

// ByID gives a meeting, or NotFound. It asks no scope; pages ask for its cycle by cycle.Find.
func ByID(ctx context.Context, r store.Reader, id int64) (Meeting, error) {
	return scanMeeting(r.QueryRow(ctx, `SELECT `+columns+` FROM meeting m JOIN cycle c ON c.id = m.cycle_id WHERE m.id = $1`, id))
}

// ByCycle gives the meeting of a cycle, or NotFound. It asks no scope.
func ByCycle(ctx context.Context, r store.Reader, cycle int64) (Meeting, error) {
	return scanMeeting(r.QueryRow(ctx, `SELECT `+columns+` FROM meeting m JOIN cycle c ON c.id = m.cycle_id WHERE m.cycle_id = $1`, cycle))
}

// OfScope lists the meetings of open cycles whose convenor lies in the scope, the nearest date first.
func OfScope(ctx context.Context, r store.Reader, scope authz.Scope) ([]Meeting, error) {
	cond, args := scope.Where("u.path", 1)
	return store.List(ctx, r, `SELECT `+columns+` FROM meeting m JOIN cycle c ON c.id = m.cycle_id JOIN unit u ON u.id = m.unit_id
		WHERE c.state <> 'closed' AND `+cond+` ORDER BY c.meeting_date DESC, u.path LIMIT 20`, args,
		func(rows *sql.Rows) (Meeting, error) { return scanMeeting(rows) })
}

func insertMeeting(ctx context.Context, tx *store.Tx, m Meeting) (int64, error) {
	return tx.Insert(ctx, `INSERT INTO meeting (cycle_id, unit_id, start, place, presider_id, limit_sec, state, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1) RETURNING id`, m.Cycle, m.Unit, m.Start, m.Place, m.Presider, m.Limit, string(m.State))
}

// Agenda lists the items in their order. It asks no scope.
func Agenda(ctx context.Context, r store.Reader, meeting int64) ([]Item, error) {
	return store.List(ctx, r, `SELECT kind, title, minutes FROM meeting_item WHERE meeting_id = $1 ORDER BY seq`, []any{meeting},
		func(rows *sql.Rows) (it Item, err error) {
			err = rows.Scan(&it.Kind, &it.Title, &it.Minutes)
			return it, err
		})
}

func insertItems(ctx context.Context, tx *store.Tx, meeting int64, items []Item) error {
	for i, it := range items {
		_, err := tx.Exec(ctx, `INSERT INTO meeting_item (meeting_id, seq, kind, title, minutes) VALUES ($1, $2, $3, $4, $5)`,
			meeting, i+1, string(it.Kind), it.Title, it.Minutes)
		if err != nil {
			return err
		}
	}
	return nil
}

const slotColumns = `s.id, s.meeting_id, s.reporter_id, s.unit_id, u.code, s.seq, s.limit_sec, u.name, u.name_en,
	COALESCE(n.name, ''), COALESCE(n.name_en, ''), COALESCE(p.title, ''), COALESCE(p.title_en, '')`

const slotTables = `meeting_slot s JOIN cycle_reporter r ON r.id = s.reporter_id JOIN unit u ON u.id = s.unit_id
	LEFT JOIN person n ON n.id = r.person_id LEFT JOIN post p ON p.id = r.post_id`

func scanSlot(row interface{ Scan(...any) error }) (s Slot, err error) {
	err = row.Scan(&s.ID, &s.Meeting, &s.Reporter, &s.Unit, &s.Code, &s.Seq, &s.Limit, &s.UnitName.Zh, &s.UnitName.En,
		&s.Person.Zh, &s.Person.En, &s.Post.Zh, &s.Post.En)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return s, err
}

// Slots lists the slots in the order of speaking, without those removed. It asks no scope.
func Slots(ctx context.Context, r store.Reader, meeting int64) ([]Slot, error) {
	return store.List(ctx, r, `SELECT `+slotColumns+` FROM `+slotTables+` WHERE s.meeting_id = $1 AND s.removed = 0
		ORDER BY s.seq, s.id`, []any{meeting}, func(rows *sql.Rows) (Slot, error) { return scanSlot(rows) })
}

// SlotByID gives a slot that was not removed, or NotFound. It asks no scope.
func SlotByID(ctx context.Context, r store.Reader, id int64) (Slot, error) {
	return scanSlot(r.QueryRow(ctx, `SELECT `+slotColumns+` FROM `+slotTables+` WHERE s.id = $1 AND s.removed = 0`, id))
}

// Reporter is a reporter of the cycle with the names that the meeting shows; Slot is 0 for one who does not speak.
type Reporter struct {
	ID       int64
	Unit     int64
	Path     string
	PersonID int64
	Oral     bool
	Slot     int64
	UnitName Name
	Person   Name
	Post     Name
}

// Reporters lists the reporters of the meeting's cycle: those who speak in their order, then those who report in
// writing. It asks no scope.
func Reporters(ctx context.Context, r store.Reader, m Meeting) ([]Reporter, error) {
	return store.List(ctx, r, `SELECT r.id, r.unit_id, u.path, r.person_id, r.mode, COALESCE(s.id, 0), u.name, u.name_en,
		COALESCE(n.name, ''), COALESCE(n.name_en, ''), COALESCE(p.title, ''), COALESCE(p.title_en, '')
		FROM cycle_reporter r JOIN unit u ON u.id = r.unit_id
		LEFT JOIN meeting_slot s ON s.meeting_id = $1 AND s.reporter_id = r.id AND s.removed = 0
		LEFT JOIN person n ON n.id = r.person_id LEFT JOIN post p ON p.id = r.post_id
		WHERE r.cycle_id = $2 AND r.state = 'active'
		ORDER BY CASE WHEN s.id IS NULL THEN 1 ELSE 0 END, s.seq, r.seq, r.id`, []any{m.ID, m.Cycle},
		func(rows *sql.Rows) (p Reporter, err error) {
			var mode string
			err = rows.Scan(&p.ID, &p.Unit, &p.Path, &p.PersonID, &mode, &p.Slot, &p.UnitName.Zh, &p.UnitName.En,
				&p.Person.Zh, &p.Person.En, &p.Post.Zh, &p.Post.En)
			p.Oral = mode == "oral"
			return p, err
		})
}

// Events lists the live events in their order. It asks no scope.
func Events(ctx context.Context, r store.Reader, meeting int64) ([]Event, error) {
	return store.List(ctx, r, `SELECT e.id, e.seq, e.slot_id, e.kind, e.at, e.undoes, e.note, COALESCE(a.name, '')
		FROM meeting_event e LEFT JOIN account a ON a.id = e.account_id WHERE e.meeting_id = $1 ORDER BY e.seq`, []any{meeting},
		func(rows *sql.Rows) (e Event, err error) {
			err = rows.Scan(&e.ID, &e.Seq, &e.Slot, &e.Step, &e.At, &e.Undoes, &e.Note, &e.By)
			return e, err
		})
}

// Question is one question put to a reporter. AskedAt is UTC microseconds.
type Question struct {
	ID       int64
	Meeting  int64
	Reporter int64
	Asker    string
	Text     string
	Answer   string
	Answered bool
	AskedAt  int64
	Version  int
}

// Questions lists the questions of a meeting in the order of asking; reporter 0 is all of them. It asks no scope.
func Questions(ctx context.Context, r store.Reader, meeting, reporter int64) ([]Question, error) {
	return store.List(ctx, r, `SELECT id, meeting_id, reporter_id, asker, text, answer, answered, asked_at, version FROM meeting_question
		WHERE meeting_id = $1 AND removed = 0 AND (CAST($2 AS BIGINT) = 0 OR reporter_id = CAST($2 AS BIGINT)) ORDER BY asked_at, id`, []any{meeting, reporter},
		func(rows *sql.Rows) (Question, error) { return scanQuestion(rows) })
}

func scanQuestion(row interface{ Scan(...any) error }) (q Question, err error) {
	err = row.Scan(&q.ID, &q.Meeting, &q.Reporter, &q.Asker, &q.Text, &q.Answer, &q.Answered, &q.AskedAt, &q.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return q, err
}
