package ledger

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"plumbline/internal/store"
)

// FigureQuery says of which unit, ledger and months figures are wanted.
type FigureQuery struct {
	Unit int64
	// Subtree is with every unit under the unit; else the unit's own matters alone.
	Subtree bool
	Type    string // a ledger's id, "" for all ledgers together
	From    string // the first and the last month, "2026-01", both included
	To      string
}

// Figures are what happened to the matters of a unit in a time: how often, not to how many. A matter counts at the unit
// where it stands now (its owner's, or its convenor's while it has none), with its whole past: whoever takes over a
// matter takes over its figures, so that every figure is that of a list that can be opened.
//
// Closed is ended as done or not done. InTime and Late say how many were done no later, and later, than the last day in
// time: the matter's target, the date by which it must be done, and in a ledger without one the due date that it then
// had. What counts is the day on which the end was recorded, and the dates as they were on that day. What had neither
// date is in neither figure. A matter that was reopened and ended again has been closed twice.
type Figures struct {
	Opened   int64
	Closed   int64
	InTime   int64
	Late     int64
	NotDone  int64 // of those closed, ended as not done
	Dropped  int64 // ruled to be no matter at all
	Reopened int64
	Handed   int64 // how often another unit had to act than before
	Open     int64 // how many were open when the time was over
}

// Timed is how many of those closed could be in time: that were done and had a date, and all that were not done.
func (f Figures) Timed() int64 { return f.InTime + f.Late + f.NotDone }

// OnTime is the share of InTime in Timed; ok is false where that is nothing.
func (f Figures) OnTime() (share float64, ok bool) {
	if f.Timed() == 0 {
		return 0, false
	}
	return float64(f.InTime) / float64(f.Timed()), true
}

// count counts n of something that happened.
func (f *Figures) count(what string, n int64) {
	switch what {
	case Opened:
		f.Opened += n
	case EndInTime:
		f.Closed, f.InTime = f.Closed+n, f.InTime+n
	case EndLate:
		f.Closed, f.Late = f.Closed+n, f.Late+n
	case EndUndated:
		f.Closed += n
	case EndNotDone:
		f.Closed, f.NotDone = f.Closed+n, f.NotDone+n
	case EndDropped:
		f.Dropped += n
	case CameBack:
		f.Reopened += n
	case ChangedHand:
		f.Handed += n
	}
}

// grown is by how many the open matters have become more.
func (f Figures) grown() int64 { return f.Opened + f.Reopened - f.Closed - f.Dropped }

// Plus is two figures of the same end added up.
func (f Figures) Plus(g Figures) Figures {
	return Figures{f.Opened + g.Opened, f.Closed + g.Closed, f.InTime + g.InTime, f.Late + g.Late, f.NotDone + g.NotDone, f.Dropped + g.Dropped,
		f.Reopened + g.Reopened, f.Handed + g.Handed, f.Open + g.Open}
}

// MonthFigures are the figures of a month.
type MonthFigures struct {
	Month string // "2026-01"
	Figures
}

// UnitType is a unit and a ledger.
type UnitType struct {
	Unit int64
	Type string
}

// happened are the kinds of figures that are no lengths of time.
var happenedKinds = []string{Opened, EndInTime, EndLate, EndUndated, EndNotDone, EndDropped, CameBack, ChangedHand}

// MonthsOf gives the figures of every month of a query, in order, those in which nothing happened too. It reads what is
// kept: the root costs what a leaf costs. It asks nobody's right; the caller does (see Service.MayRead).
func MonthsOf(ctx context.Context, r store.Reader, q FigureQuery) ([]MonthFigures, error) {
	var before Figures
	by := map[string]Figures{}
	err := eachFigure(ctx, r, q, `t.unit_id = ?`, q.Unit, func(_ UnitType, month, what string, n int64) {
		if month < q.From {
			before.count(what, n)
			return
		}
		f := by[month]
		f.count(what, n)
		by[month] = f
	})
	if err == nil && !q.Subtree {
		err = eachFigure(ctx, r, q, rightBelow, q.Unit, func(_ UnitType, month, what string, n int64) {
			if month < q.From {
				before.count(what, -n)
				return
			}
			f := by[month]
			f.count(what, -n)
			by[month] = f
		})
	}
	var out []MonthFigures
	open := before.grown()
	for _, m := range MonthsFrom(q.From, q.To) {
		f := by[m]
		open += f.grown()
		f.Open = open
		out = append(out, MonthFigures{m, f})
	}
	return out, err
}

const rightBelow = `t.unit_id IN (SELECT id FROM unit WHERE parent_id = ?)`

// FiguresOf gives the figures of the whole time of a query, by ledger; the unit's own row, in the map under its key.
func FiguresOf(ctx context.Context, r store.Reader, q FigureQuery) (map[string]Figures, error) {
	all, err := figuresAt(ctx, r, q, `t.unit_id = ?`, q.Unit, 1, map[UnitType]Figures{})
	if err == nil && !q.Subtree {
		var below map[UnitType]Figures
		below, err = figuresAt(ctx, r, q, rightBelow, q.Unit, -1, map[UnitType]Figures{})
		for k, f := range below {
			k.Unit = q.Unit
			all[k] = all[k].Plus(f)
		}
	}
	out := map[string]Figures{}
	for k, f := range all {
		out[k.Type] = f
	}
	return out, err
}

// FiguresBelow gives the figures of the whole time of a query for every unit right below its unit, each with everything
// under it, by unit and ledger. It is one query, however many units there are.
func FiguresBelow(ctx context.Context, r store.Reader, q FigureQuery) (map[UnitType]Figures, error) {
	return figuresAt(ctx, r, q, rightBelow, q.Unit, 1, map[UnitType]Figures{})
}

// figuresAt adds up (by times) the figures of the units that cond names.
func figuresAt(ctx context.Context, r store.Reader, q FigureQuery, cond string, arg, by int64, out map[UnitType]Figures) (map[UnitType]Figures, error) {
	open := map[UnitType]Figures{}
	err := eachFigure(ctx, r, q, cond, arg, func(at UnitType, month, what string, n int64) {
		ever, f := open[at], out[at]
		ever.count(what, by*n)
		if month >= q.From {
			f.count(what, by*n)
		}
		open[at], out[at] = ever, f
	})
	for at, f := range out {
		f.Open = open[at].grown()
		out[at] = f
	}
	return out, err
}

// eachFigure reads what happened up to the end of a query: the months before its beginning, added up, as the month "".
func eachFigure(ctx context.Context, r store.Reader, q FigureQuery, cond string, arg int64, visit func(at UnitType, month, what string, n int64)) error {
	w := &where{args: []any{q.From}}
	w.add(cond, arg)
	inTexts(w, "t.what", happenedKinds)
	if q.Type != "" {
		w.add("t.type = ?", q.Type)
	}
	w.add("t.month <= ?", q.To)
	return store.Each(ctx, r, `SELECT t.unit_id, t.type, CASE WHEN t.month < $1 THEN '' ELSE t.month END, t.what, CAST(SUM(t.n) AS BIGINT)
		FROM ledger_figure t WHERE `+w.String()+` GROUP BY t.unit_id, t.type, CASE WHEN t.month < $1 THEN '' ELSE t.month END, t.what`, w.args, func(rows *sql.Rows) error {
		var at UnitType
		var month, what string
		var n int64
		err := rows.Scan(&at.Unit, &at.Type, &month, &what, &n)
		if err == nil {
			visit(at, month, what, n)
		}
		return err
	})
}

// Stays are how long matters stayed in a state that they left in the time of a query.
type Stays struct {
	State string
	N     int64
	// Median is the length that half of the stays do not pass, and Most that nine tenths do not pass. Lengths are kept on
	// a scale of eight steps for every doubling, so that those of many units can be put together: both are off by less
	// than 4.5 per cent.
	Median time.Duration
	Most   time.Duration
}

// StaysOf gives the stays of a ledger by state. The query names the ledger; a unit counts with everything under it.
func StaysOf(ctx context.Context, r store.Reader, q FigureQuery) (map[string]Stays, error) {
	w := &where{}
	w.add(`t.unit_id = ?`, q.Unit)
	w.add(`t.what = ?`, stayed)
	w.add(`t.type = ? AND t.month >= ?`, q.Type, q.From)
	w.add(`t.month <= ?`, q.To)
	lengths := map[string]map[int]int64{}
	err := store.Each(ctx, r, `SELECT t.state, t.bucket, CAST(SUM(t.n) AS BIGINT) FROM ledger_figure t WHERE `+w.String()+` GROUP BY t.state, t.bucket`, w.args, func(rows *sql.Rows) error {
		var state string
		var bucket int
		var n int64
		err := rows.Scan(&state, &bucket, &n)
		if lengths[state] == nil {
			lengths[state] = map[int]int64{}
		}
		lengths[state][bucket] += n
		return err
	})
	out := map[string]Stays{}
	for state, by := range lengths {
		x := Stays{State: state}
		for _, n := range by {
			x.N += n
		}
		x.Median, x.Most = reached(by, (x.N+1)/2), reached(by, (9*x.N+9)/10)
		out[state] = x
	}
	return out, err
}

// reached is the length of the n-th of some stays, the shortest first.
func reached(by map[int]int64, n int64) time.Duration {
	for _, bucket := range slices.Sorted(maps.Keys(by)) {
		if n -= by[bucket]; n <= 0 {
			return lengthOf(bucket)
		}
	}
	return 0
}

// MonthsFrom lists the months from one to another, "2026-01", both included; nothing where either is no month.
func MonthsFrom(from, to string) (out []string) {
	first, err := time.Parse("2006-01", from)
	if err != nil {
		return nil
	}
	for ; first.Format("2006-01") <= to && len(out) < maxMonths; first = first.AddDate(0, 1, 0) {
		out = append(out, first.Format("2006-01"))
	}
	return out
}

// MonthPlus is the month some months later, earlier where n is below nothing; "" where it is no month.
func MonthPlus(month string, n int) string {
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return first.AddDate(0, n, 0).Format("2006-01")
}

// maxMonths is the longest time of which figures are given month by month: a century.
const maxMonths = 1200
