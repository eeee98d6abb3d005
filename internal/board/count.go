package board

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/job"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// What can be counted, the closed list: it is what happened to matters, never what people did in the program.
const (
	OnTimeRate  = "on_time_rate" // closed in time, of those closed that could be; per cent
	Closed      = "closed"
	Late        = "late" // closed late
	Reopened    = "reopened"
	HandChanges = "hand_changes" // how often another unit had to act than before, for each matter that was open or closed
	Open        = "open"         // at the period's end
	Opened      = "opened"
)

// figures tell what each comes to: a value, and of how many matters it speaks, NotCounted where it is a number of
// matters itself. A share of nothing is no figure, "".
var figures = map[string]func(f ledger.Figures) (value string, base int64){
	OnTimeRate:  func(f ledger.Figures) (string, int64) { return ratio(100*f.InTime, f.Timed()) },
	Closed:      func(f ledger.Figures) (string, int64) { return whole(f.Closed) },
	Late:        func(f ledger.Figures) (string, int64) { return whole(f.Late) },
	Reopened:    func(f ledger.Figures) (string, int64) { return whole(f.Reopened) },
	HandChanges: func(f ledger.Figures) (string, int64) { return ratio(f.Handed, f.Open+f.Closed+f.Dropped) },
	Open:        func(f ledger.Figures) (string, int64) { return whole(f.Open) },
	Opened:      func(f ledger.Figures) (string, int64) { return whole(f.Opened) },
}

// Figures lists what can be counted.
var Figures = []string{OnTimeRate, Closed, Late, Reopened, HandChanges, Open, Opened}

func whole(n int64) (string, int64) { return strconv.FormatInt(n, 10), NotCounted }

// ratio is a share to two decimals, rounded half up.
func ratio(hits, of int64) (string, int64) {
	if of <= 0 {
		return "", NotCounted
	}
	return shortest(big.NewRat(hits, of).FloatString(2)), of
}

// counted gives what an indicator comes to in a period for the units right below the one that set it and those right
// below these, each with everything under it.
func (s *Service) counted(ctx context.Context, x Indicator, period Period) ([]change, error) {
	measure := figures[x.Figure]
	if measure == nil {
		return nil, fault.Bad("fault.board.no_measure", "Figure", x.Figure)
	}
	day := min(period.Last().String(), s.today().String())
	parents, err := org.Children(ctx, s.db, x.Convenor.ID, day)
	if err != nil {
		return nil, err
	}
	q := ledger.FigureQuery{Type: x.Of, Subtree: true}
	q.From, q.To = period.Months()
	var out []change
	for i, parent := range append([]org.Unit{{ID: x.Convenor.ID}}, parents...) {
		children := parents
		if i > 0 {
			if children, err = org.Children(ctx, s.db, parent.ID, day); err != nil {
				return nil, err
			}
		}
		if len(children) == 0 {
			continue
		}
		q.Unit = parent.ID
		below, err := ledger.FiguresBelow(ctx, s.db, q)
		if err != nil {
			return nil, err
		}
		sum := map[int64]ledger.Figures{}
		for at, f := range below {
			sum[at.Unit] = sum[at.Unit].Plus(f)
		}
		for _, u := range children {
			value, base := measure(sum[u.ID])
			out = append(out, change{x, Value{Indicator: x.ID, Unit: u.ID, Period: period.String(), Value: value, Base: base, Source: FromLedgers}, period})
		}
	}
	return out, nil
}

// Count counts an indicator anew for a period, and gives how many values changed. What is the same as before is left
// alone; once the period is settled a change needs a reason.
func (s *Service) Count(ctx context.Context, actor authz.Actor, indicator int64, period Period, reason string) (n int, err error) {
	x, err := s.Find(ctx, actor, indicator)
	if err != nil {
		return 0, err
	}
	var form fault.Form
	reason = strings.TrimSpace(reason)
	form.Check(x.Counted, "", "fault.board.not_counted")
	form.Check(!x.Ended, "", "fault.board.ended")
	form.Check(utf8.RuneCountInString(reason) <= ReasonMax, "reason", "fault.board.reason_long", "Max", ReasonMax)
	if key := s.wrongPeriod(x, period); key != "" {
		form.Add("period", key, "Period", period.String())
	}
	if err := form.Err(); err != nil {
		return 0, err
	}
	if !s.MayFill(actor, x) {
		return 0, fault.New(fault.Forbidden, "fault.forbidden")
	}
	rows, err := s.counted(ctx, x, period)
	if err == nil {
		rows, err = s.pending(ctx, rows, reason)
	}
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	if needsReason(rows) {
		form.Add("reason", "fault.board.reason")
		return 0, form.Err()
	}
	return len(rows), s.write(ctx, actor, x.Convenor, rows, map[string]string{"period": period.String()})
}

// KeepJob is the kind of job that keeps the boards.
const KeepJob = "board.keep"

// Keep counts what is counted, for the period under way and the one before it, and settles what ended SettleDays ago:
// a last time it is counted, and from then on no figure of it changes by itself. It gives how many values changed.
func (s *Service) Keep(ctx context.Context, progress job.Progress) (n int, err error) {
	all, err := s.all(ctx)
	if err != nil {
		return 0, err
	}
	for i, x := range all {
		progress(int64(i), int64(len(all)))
		if x.Ended || !slices.Contains(Every, x.Every) {
			continue
		}
		for _, p := range PeriodAt(x.Every, s.today()).Back(2) {
			changed, err := s.keep(ctx, x, p)
			if err != nil {
				return n, fmt.Errorf("indicator %s in %s: %w", x.Number, p, err)
			}
			n += changed
		}
	}
	return n, nil
}

// keep counts and settles one indicator in one period.
func (s *Service) keep(ctx context.Context, x Indicator, p Period) (n int, err error) {
	done, err := settled(ctx, s.db, p)
	if err != nil || done[x.ID] {
		return 0, err
	}
	var rows []change
	if x.Counted && figures[x.Figure] != nil {
		if rows, err = s.counted(ctx, x, p); err == nil {
			rows, err = s.pending(ctx, rows, "")
		}
		if err != nil {
			return 0, err
		}
	}
	if len(rows) > 0 {
		if err := s.write(ctx, authz.System(), x.Convenor, rows, map[string]string{"period": p.String()}); err != nil {
			return 0, err
		}
	}
	if !s.today().After(p.Last().AddDays(SettleDays)) {
		return len(rows), nil
	}
	err = s.gate.Do(ctx, authz.System(), authz.LedgerApprove, gate.Subject{Kind: "matter", ID: x.ID, Unit: x.Convenor}, func(tx *store.Tx) (audit.Detail, error) {
		return audit.Detail{ID: x.ID, Note: map[string]string{"what": "board_settled", "period": p.String()}}, settle(ctx, tx, authz.System(), x.ID, p)
	})
	return len(rows), err
}
