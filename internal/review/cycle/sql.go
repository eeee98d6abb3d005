package cycle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

const columns = `c.id, c.unit_id, c.year, c.name, c.name_en, c.plan_id, c.previous_id, c.state, c.meeting_date, c.opened_at, c.closed_at, c.close_reason, c.version`

func scanCycle(row interface{ Scan(...any) error }) (c Cycle, err error) {
	err = row.Scan(&c.ID, &c.Unit, &c.Year, &c.Name, &c.NameEn, &c.Plan, &c.Previous, &c.State, &c.MeetingDate, &c.OpenedAt, &c.ClosedAt, &c.CloseReason, &c.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return c, err
}

func scanCycles(rows *sql.Rows) (Cycle, error) { return scanCycle(rows) }

// ByID gives a cycle, or NotFound. It asks no scope: rooms use it; pages use Find.
func ByID(ctx context.Context, r store.Reader, id int64) (Cycle, error) {
	return scanCycle(r.QueryRow(ctx, `SELECT `+columns+` FROM cycle c WHERE c.id = $1`, id))
}

// OfUnit gives the cycles that a unit convenes, the newest first. It asks no scope.
func OfUnit(ctx context.Context, r store.Reader, unit int64) ([]Cycle, error) {
	return store.List(ctx, r, `SELECT `+columns+` FROM cycle c WHERE c.unit_id = $1 ORDER BY c.year DESC`, []any{unit}, scanCycles)
}

// OfReporter gives the cycles in which a unit reports, the newest first. It asks no scope.
func OfReporter(ctx context.Context, r store.Reader, unit int64) ([]Cycle, error) {
	return store.List(ctx, r, `SELECT `+columns+` FROM cycle c JOIN cycle_reporter r ON r.cycle_id = c.id
		WHERE r.unit_id = $1 AND r.state = 'active' ORDER BY c.year DESC, c.id DESC`, []any{unit}, scanCycles)
}

// known renders the condition that the reader may know of a cycle: it is convened by a unit in the scope, or a unit in
// the scope reports in it.
func known(scope authz.Scope, next int) (string, []any) {
	convenor, args := scope.Where("u.path", next)
	reporter, more := scope.Where("ru.path", next+len(args))
	return `(` + convenor + ` OR EXISTS (SELECT 1 FROM cycle_reporter r JOIN unit ru ON ru.id = r.unit_id
		WHERE r.cycle_id = c.id AND r.state = 'active' AND ` + reporter + `))`, append(args, more...)
}

// Find gives a cycle that the reader may know of, or NotFound.
func Find(ctx context.Context, r store.Reader, scope authz.Scope, id int64) (Cycle, error) {
	cond, args := known(scope, 2)
	return scanCycle(r.QueryRow(ctx, `SELECT `+columns+` FROM cycle c JOIN unit u ON u.id = c.unit_id
		WHERE c.id = $1 AND `+cond, append([]any{id}, args...)...))
}

// List gives the cycles that the reader may know of, the newest year first, the highest convenor first; at most 500.
func List(ctx context.Context, r store.Reader, scope authz.Scope) ([]Cycle, error) {
	list, _, err := Search(ctx, r, scope, Query{Limit: 500})
	return list, err
}

// Query narrows a list of cycles. The zero value of each field leaves it open, but Limit.
type Query struct {
	Year          int
	State         State
	Text          string // part of the convenor's name, or its code
	Limit, Offset int
}

// Search gives one page of the cycles that the reader may know of, and how many there are in all.
func Search(ctx context.Context, r store.Reader, scope authz.Scope, q Query) (list []Cycle, total int, err error) {
	cond, args := known(scope, 1)
	add := func(condition string, value any) {
		args = append(args, value)
		cond += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Year != 0 {
		add("c.year = $%d", q.Year)
	}
	if q.State != "" {
		add("c.state = $%d", q.State)
	}
	if q.Text != "" {
		add(`(LOWER(u.name) LIKE LOWER($%[1]d) ESCAPE '\' OR LOWER(u.name_en) LIKE LOWER($%[1]d) ESCAPE '\' OR LOWER(u.code) LIKE LOWER($%[1]d) ESCAPE '\')`, org.Like(q.Text))
	}
	from := ` FROM cycle c JOIN unit u ON u.id = c.unit_id WHERE ` + cond
	if err = r.QueryRow(ctx, `SELECT COUNT(*)`+from, args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	list, err = store.List(ctx, r, fmt.Sprintf(`SELECT %s%s ORDER BY c.year DESC, u.path, c.id LIMIT $%d OFFSET $%d`, columns, from, len(args)+1, len(args)+2),
		append(args, q.Limit, q.Offset), scanCycles)
	return list, total, err
}

const reporterColumns = `r.id, r.cycle_id, r.unit_id, r.person_id, r.post_id, r.mode, r.choice, r.seq, r.version`

func scanReporter(row interface{ Scan(...any) error }) (p Reporter, err error) {
	err = row.Scan(&p.ID, &p.Cycle, &p.Unit, &p.Person, &p.Post, &p.Mode, &p.Choice, &p.Seq, &p.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Missing()
	}
	return p, err
}

// Reporters lists the reporters of a cycle in the order of the list. It asks no scope.
func Reporters(ctx context.Context, r store.Reader, cycle int64) ([]Reporter, error) {
	return store.List(ctx, r, `SELECT `+reporterColumns+` FROM cycle_reporter r
		WHERE r.cycle_id = $1 AND r.state = 'active' ORDER BY r.seq, r.id`, []any{cycle},
		func(rows *sql.Rows) (Reporter, error) { return scanReporter(rows) })
}

// ReporterOf gives the reporter that a unit is in a cycle, or NotFound.
func ReporterOf(ctx context.Context, r store.Reader, cycle, unit int64) (Reporter, error) {
	return scanReporter(r.QueryRow(ctx, `SELECT `+reporterColumns+` FROM cycle_reporter r
		WHERE r.cycle_id = $1 AND r.unit_id = $2 AND r.state = 'active'`, cycle, unit))
}

// ReporterByID gives a reporter, or NotFound. It asks no scope.
func ReporterByID(ctx context.Context, r store.Reader, id int64) (Reporter, error) {
	return scanReporter(r.QueryRow(ctx, `SELECT `+reporterColumns+` FROM cycle_reporter r WHERE r.id = $1 AND r.state = 'active'`, id))
}

// Deadlines lists the deadlines of a cycle in the order of time.
func Deadlines(ctx context.Context, r store.Reader, cycle int64) ([]Deadline, error) {
	return store.List(ctx, r, `SELECT d.id, d.cycle_id, d.step, d.due, d.done_at FROM cycle_deadline d
		WHERE d.cycle_id = $1 ORDER BY d.due, d.id`, []any{cycle}, func(rows *sql.Rows) (d Deadline, err error) {
		err = rows.Scan(&d.ID, &d.Cycle, &d.Step, &d.Due, &d.DoneAt)
		return d, err
	})
}

// DeadlineOf gives the date of one step of a cycle, YYYY-MM-DD, or "" where the cycle has no such step.
func DeadlineOf(ctx context.Context, r store.Reader, cycle int64, step string) (due string, err error) {
	err = r.QueryRow(ctx, `SELECT due FROM cycle_deadline WHERE cycle_id = $1 AND step = $2`, cycle, step).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return due, err
}
