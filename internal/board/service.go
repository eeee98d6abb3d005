package board

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Service is the verbs and reads of boards. It is safe for use by many goroutines.
type Service struct {
	gate    *gate.Gate
	db      store.Reader
	ledgers *ledger.Service
}

// New makes the service.
func New(g *gate.Gate, db store.Reader, ledgers *ledger.Service) *Service {
	return &Service{g, db, ledgers}
}

func (s *Service) today() calendar.Date { return s.ledgers.Today(s.gate.Now()) }

// MayFill says whether the actor may bring in values of an indicator: whoever approves at the unit that set it.
func (s *Service) MayFill(actor authz.Actor, x Indicator) bool {
	return !x.Ended && s.gate.Policy().Allows(actor, authz.LedgerApprove, x.Convenor)
}

// Entry is a unit's value as a form or a file hands it in; "" takes the figure away.
type Entry struct {
	Unit  org.Unit
	Value string
}

// ReasonMax is how long a reason may be, in characters.
const ReasonMax = 500

// Put takes in values that were typed, for one indicator and period. What is the same as before is left alone; with
// every change refused or none, nothing is written. Once the period is settled a change needs a reason. It gives how
// many values changed. Fields of an Invalid fault are "value-" and the unit's id, "period" and "reason".
func (s *Service) Put(ctx context.Context, actor authz.Actor, indicator int64, period Period, entries []Entry, reason string) (n int, err error) {
	x, err := s.Find(ctx, actor, indicator)
	if err != nil {
		return 0, err
	}
	var form fault.Form
	reason = strings.TrimSpace(reason)
	form.Check(utf8.RuneCountInString(reason) <= ReasonMax, "reason", "fault.board.reason_long", "Max", ReasonMax)
	if key := s.wrongPeriod(x, period); key != "" {
		form.Add("period", key, "Period", period.String())
	}
	if x.Counted {
		form.Add("", "fault.board.counted")
	}
	if x.Ended {
		form.Add("", "fault.board.ended")
	}
	var rows []change
	for _, e := range entries {
		field := "value-" + strconv.FormatInt(e.Unit.ID, 10)
		value, ok := "", true
		if strings.TrimSpace(e.Value) != "" {
			value, ok = ParseValue(e.Value)
		}
		form.Check(ok, field, "fault.board.value", "Value", e.Value)
		form.Check(inside(e.Unit.Place(), x.Convenor), field, "fault.board.not_below")
		rows = append(rows, change{x, Value{Indicator: x.ID, Unit: e.Unit.ID, Period: period.String(), Value: value, Base: NotCounted, Source: Typed}, period})
	}
	if err := form.Err(); err != nil {
		return 0, err
	}
	if rows, err = s.pending(ctx, rows, reason); err != nil || len(rows) == 0 {
		return 0, err
	}
	if needsReason(rows) {
		form.Add("reason", "fault.board.reason")
		return 0, form.Err()
	}
	return len(rows), s.write(ctx, actor, x.Convenor, rows, nil)
}

// wrongPeriod says, as a wording key, what keeps a period from having values of the indicator; "" is nothing.
func (s *Service) wrongPeriod(x Indicator, p Period) string {
	switch {
	case p == Period{} || p.Every() != x.Every:
		return "fault.board.period_" + x.Every
	case p.First().After(s.today()):
		return "fault.board.period_future"
	}
	return ""
}

// change is a value that is to be written.
type change struct {
	indicator Indicator
	value     Value
	period    Period
}

// pending leaves of the changes those that change something, and makes corrections of those in settled periods.
func (s *Service) pending(ctx context.Context, rows []change, reason string) ([]change, error) {
	var indicators []int64
	var periods []Period
	seenI, seenP := map[int64]bool{}, map[Period]bool{}
	for _, c := range rows {
		if !seenI[c.indicator.ID] {
			seenI[c.indicator.ID], indicators = true, append(indicators, c.indicator.ID)
		}
		if !seenP[c.period] {
			seenP[c.period], periods = true, append(periods, c.period)
		}
	}
	stands, err := valuesIn(ctx, s.db, indicators, periods)
	if err != nil {
		return nil, err
	}
	closed := map[Period]map[int64]bool{}
	for _, p := range periods {
		if closed[p], err = settled(ctx, s.db, p); err != nil {
			return nil, err
		}
	}
	var out []change
	for _, c := range rows {
		was := stands[cell{c.value.Indicator, c.value.Unit, c.value.Period}]
		if was.Value == c.value.Value && was.Base == c.value.Base && was.Version > 0 || was.Version == 0 && c.value.Value == "" && c.value.Base == NotCounted {
			continue
		}
		c.value.Reason = reason
		if closed[c.period][c.indicator.ID] {
			c.value.Source = Corrected
		}
		out = append(out, c)
	}
	return out, nil
}

func needsReason(rows []change) bool {
	for _, c := range rows {
		if c.value.Source == Corrected && c.value.Reason == "" {
			return true
		}
	}
	return false
}

// write writes changes under one entry of the log, which stands in the history of every indicator concerned.
func (s *Service) write(ctx context.Context, actor authz.Actor, at authz.Unit, rows []change, note map[string]string) error {
	return s.gate.Do(ctx, actor, authz.LedgerApprove, gate.Subject{Kind: "matter", ID: rows[0].indicator.ID, Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		return s.writeTx(ctx, tx, actor, rows, note)
	})
}

// loggedValues is how many single values an entry of the log names; of more it gives the number, and the values
// themselves keep who brought them.
const loggedValues = 200

func (s *Service) writeTx(ctx context.Context, tx *store.Tx, actor authz.Actor, rows []change, note map[string]string) (audit.Detail, error) {
	d := audit.Detail{Note: map[string]string{"what": "board_values", "count": strconv.Itoa(len(rows))}}
	for k, v := range note {
		d.Note[k] = v
	}
	var indicators []int64
	var periods []Period
	seen, seenP := map[int64]bool{}, map[Period]bool{}
	for _, c := range rows {
		if !seen[c.indicator.ID] {
			seen[c.indicator.ID], indicators = true, append(indicators, c.indicator.ID)
			d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: c.indicator.ID})
		}
		if !seenP[c.period] {
			seenP[c.period], periods = true, append(periods, c.period)
		}
	}
	stands, err := valuesIn(ctx, tx, indicators, periods)
	if err != nil {
		return d, err
	}
	for i, c := range rows {
		was := stands[cell{c.value.Indicator, c.value.Unit, c.value.Period}]
		if err := insertValue(ctx, tx, actor, c.value, was); err != nil {
			return d, err
		}
		if i < loggedValues {
			d.Changes = append(d.Changes, audit.Change{Field: "value", From: was.Value, To: strings.TrimSpace(c.value.Period + " #" + strconv.FormatInt(c.value.Unit, 10) + " " + c.value.Value)})
		}
	}
	if reason := rows[0].value.Reason; reason != "" {
		d.Changes = append(d.Changes, audit.Change{Field: "note", To: reason})
	}
	return d, nil
}

// Settle settles a period of an indicator now: from then on a value changes only with a reason. A period that has not
// ended can't be settled.
func (s *Service) Settle(ctx context.Context, actor authz.Actor, indicator int64, period Period) error {
	x, err := s.Find(ctx, actor, indicator)
	if err != nil {
		return err
	}
	var form fault.Form
	if key := s.wrongPeriod(x, period); key != "" {
		form.Add("period", key, "Period", period.String())
	} else if !period.Last().Before(s.today()) {
		form.Add("period", "fault.board.not_over", "Period", period.String())
	}
	if err := form.Err(); err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.LedgerApprove, gate.Subject{Kind: "matter", ID: x.ID, Unit: x.Convenor}, func(tx *store.Tx) (audit.Detail, error) {
		return audit.Detail{ID: x.ID, Note: map[string]string{"what": "board_settled", "period": period.String()}}, settle(ctx, tx, actor, x.ID, period)
	})
}
