package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// heldAnswers are the ways in which a demand for facts that are held was answered, as pages and files show them.
var heldAnswers = []string{ledger.HeldAgain, ledger.HeldGiven, ledger.HeldOpen}

// heldSum is how many demands were answered in one way, and what the sum in front adds up to.
type heldSum struct {
	n    int
	main int64
}

// heldSums are the sums by answer.
type heldSums map[string]heldSum

// add counts a matter; what was withdrawn counts nowhere.
func (h heldSums) add(m metered, x ledger.Metered) {
	if x.Held == "" || x.Dropped {
		return
	}
	sum := h[x.Held]
	sum.n++
	if i := m.d.Meter.MainSum(); i >= 0 {
		sum.main += x.Sums[i]
	}
	h[x.Held] = sum
}

// heldOf adds up a month.
func (m metered) heldOf(month string) heldSums {
	out := heldSums{}
	for _, x := range m.list {
		if x.Month() == month {
			out.add(m, x)
		}
	}
	return out
}

// heldFigures are the page's figures of what was asked for though it is held.
func (v meterView) heldFigures() (out []ui.Figure) {
	c, m := v.c, v.m
	if m.d.Held == nil {
		return nil
	}
	sums := m.heldOf(m.month)
	for _, answer := range heldAnswers[:2] {
		f := ui.Figure{Label: c.T("meter.held." + answer), Value: strconv.Itoa(sums[answer].n), Href: m.behind("held", answer)}
		if i := m.d.Meter.MainSum(); i >= 0 {
			field, _ := m.d.Field(m.d.Meter.Sums[i])
			f.Note = c.T("meter.held.note."+answer, "Sum", c.amountText(sums[answer].main), "Unit", field.Measure.In(c.Lang))
		}
		out = append(out, f)
	}
	return out
}

// heldMain is the head of the sum in front of what was answered in one way.
func (c *Ctx) heldMain(m metered, answer string) string {
	f, _ := m.d.Field(m.d.Meter.Sums[m.d.Meter.MainSum()])
	return c.T("meter.held.hours."+answer, "What", f.Name.In(c.Lang))
}

// held says of every unit how often it was asked for facts that the system holds, what that cost, and what was spared.
func (v meterView) held() *ui.Table {
	c, m := v.c, v.m
	if m.d.Held == nil {
		return nil
	}
	t := &ui.Table{ID: "held", Caption: c.T("meter.held.title", "Month", c.monthText(m.month)), Columns: []ui.Column{{Head: c.T("flow.unit")}},
		Empty: &ui.EmptyState{Title: c.T("meter.held.none")}}
	for _, answer := range heldAnswers {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("meter.held." + answer), Align: "right"})
		if m.d.Meter.MainSum() >= 0 && answer != ledger.HeldOpen {
			t.Columns = append(t.Columns, ui.Column{Head: c.heldMain(m, answer), Align: "right"})
		}
	}
	cells := func(sums heldSums, pairs ...string) (out []ui.Cell) {
		for _, answer := range heldAnswers {
			out = append(out, v.number(meterSum{n: sums[answer].n}, append(slices.Clone(pairs), "held", answer)...))
			if m.d.Meter.MainSum() >= 0 && answer != ledger.HeldOpen {
				out = append(out, ui.T(c.amountText(sums[answer].main)))
			}
		}
		return out
	}
	of := map[int64]heldSums{}
	for _, x := range m.list {
		if x.Month() != m.month || x.Held == "" || x.Dropped {
			continue
		}
		at := m.below(x)
		if of[at] == nil {
			of[at] = heldSums{}
		}
		of[at].add(m, x)
	}
	ids := slices.SortedFunc(maps.Keys(of), func(a, b int64) int {
		x, y := of[a], of[b]
		return cmp.Or(y[ledger.HeldAgain].n-x[ledger.HeldAgain].n, cmp.Compare(y[ledger.HeldAgain].main, x[ledger.HeldAgain].main), cmp.Compare(a, b))
	})
	for _, id := range ids[:min(len(ids), meterRows)] {
		name, pairs := ui.Cell{Text: v.names[id].In(c.Lang)}, []string{"under", itoa(id)}
		if id == m.unit.ID {
			name.Sub, pairs = c.T("meter.itself"), append(pairs, "alone", "1")
		} else {
			name.Href = m.at() + m.query("under", itoa(id)) + "#held"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append([]ui.Cell{name}, cells(of[id], pairs...)...)})
	}
	if len(ids) > 0 {
		t.Foot = append([]ui.Cell{ui.T(c.T("meter.all"))}, cells(m.heldOf(m.month))...)
	}
	if more := len(ids) - meterRows; more > 0 {
		t.Pager = &ui.Pager{Text: c.T("flow.more_rows", "Count", more)}
	}
	return t
}
