package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxHours is a year.
const maxHours = 8784

func (c *checker) clocks(d *Definition) {
	seen, timed := map[string]bool{}, map[string]bool{}
	for i, k := range d.Clocks {
		at := fmt.Sprintf("/clocks/%d", i)
		c.id(seen, k.ID, at+"/id")
		c.words(k.Name, at+"/name")
		c.must(k.Days >= 0 && k.Days <= 3660, at+"/days", "ledger.check.days", "Days", k.Days)
		c.must(k.Hours >= 0 && k.Hours <= maxHours, at+"/hours", "ledger.check.range", "N", k.Hours, "Min", 0, "Max", maxHours)
		c.must(k.Hours == 0 || k.Days == 0, at+"/hours", "ledger.check.one_of_spans")
		c.must(k.Grace >= 0 && k.Grace <= 365, at+"/grace", "ledger.check.range", "N", k.Grace, "Min", 0, "Max", 365)
		c.must(len(k.States) > 0, at+"/states", "ledger.check.clock_without_state", "ID", k.ID)
		for j, s := range k.States {
			st, ok := d.State(s)
			c.must(ok, fmt.Sprintf("%s/states/%d", at, j), "ledger.check.unknown_state", "ID", s)
			c.must(!ok || !Ended(st.Class), fmt.Sprintf("%s/states/%d", at, j), "ledger.check.clock_without_end", "ID", k.ID, "State", s)
			timed[s] = true
		}
		c.clockFrom(d, k, at+"/from")
		c.pauses(d, k, at+"/pauses")
		for j, id := range k.Anew {
			_, isStep := d.Step(id)
			c.must(isStep, fmt.Sprintf("%s/anew/%d", at, j), "ledger.check.unknown_step", "Type", d.ID, "ID", id)
			c.must(!strings.HasPrefix(k.From, "field:"), at+"/anew", "ledger.check.anew_from_day", "ID", k.ID)
		}
		if k.By.Field != "" || len(k.By.Values) > 0 {
			c.byChoice(d, k.By.Field, k.By.Values, at+"/by", clockSpans)
		}
	}
	for i, s := range d.States {
		c.must(s.Class != TurnOwner || timed[s.ID], fmt.Sprintf("/states/%d", i), "ledger.check.state_without_clock", "ID", s.ID)
	}
}

func (c *checker) clockFrom(d *Definition, k Clock, at string) {
	if id, isField := strings.CutPrefix(k.From, "field:"); isField {
		c.must(kindOf(d.Fields, id) == KindDate, at, "ledger.check.clock_field", "ID", id)
		c.must(k.Hours == 0, at, "ledger.check.hours_from_day", "ID", k.ID)
		return
	}
	_, isStep := d.Step(k.From)
	c.must(isStep || k.From == "birth" || k.From == "enter", at, "ledger.check.clock_from", "Value", k.From)
}

func (c *checker) pauses(d *Definition, k Clock, at string) {
	for j, id := range k.Pauses {
		st, ok := d.State(id)
		c.must(ok && !Ended(st.Class), fmt.Sprintf("%s/%d", at, j), "ledger.check.unknown_state", "ID", id)
		c.must(!slices.Contains(k.States, id), fmt.Sprintf("%s/%d", at, j), "ledger.check.runs_and_pauses", "ID", k.ID, "State", id)
	}
}

// The units that a span may be of.
var (
	clockSpans = []string{"hours", "days"}
	cycleSpans = []string{"days", "months"}
)

// byChoice checks spans of time by the values of a choice field.
func (c *checker) byChoice(d *Definition, field string, values map[string]Span, at string, units []string) {
	f, ok := d.Field(field)
	c.must(ok && f.Kind == KindChoice, at+"/field", "ledger.check.field_kind", "ID", field, "Kind", KindChoice)
	c.must(len(values) > 0, at+"/values", "ledger.check.missing_key", "Key", "values")
	for _, v := range slices.Sorted(maps.Keys(values)) {
		span := values[v]
		here := at + "/values/" + v
		c.must(!ok || f.Kind != KindChoice || f.hasChoice(v), here, "ledger.check.unknown_choice", "ID", v, "Field", field)
		c.span(span, here, units)
	}
}

func (c *checker) span(s Span, at string, units []string) {
	set := 0
	for _, x := range []struct {
		unit   string
		n, max int
	}{{"hours", s.Hours, maxHours}, {"days", s.Days, 3660}, {"months", s.Months, 120}} {
		c.must(x.n == 0 || slices.Contains(units, x.unit), at+"/"+x.unit, "ledger.check.not_one_of", "Value", x.unit, "List", strings.Join(units, ", "))
		c.must(x.n >= 0 && x.n <= x.max, at+"/"+x.unit, "ledger.check.range", "N", x.n, "Min", 1, "Max", x.max)
		if x.n != 0 {
			set++
		}
	}
	c.must(set == 1, at, "ledger.check.one_of_spans")
}
