package ledger

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/org"
)

// Beside sets what people say beside what the ledgers hold: next to each row of a table that makes a claim stands the
// figure that it speaks of. Figure, Kind, Unit and Ledger are columns of the table: a choice of figures, the kind of the
// claim (asked where the row names no figure), the unit spoken of, and the ledger spoken of, "" in the row for all.
// Measures says which of Measures a choice of Figure is; Kinds which choice of Figure stands beside a kind of claim. The
// figures are of matters opened in the Months before the day on which they are taken.
type Beside struct {
	Table    string            `json:"table"`
	Figure   string            `json:"figure"`
	Unit     string            `json:"unit"`
	Kind     string            `json:"kind,omitempty"`
	Ledger   string            `json:"ledger,omitempty"`
	Measures map[string]string `json:"measures"`
	Kinds    map[string]string `json:"kinds,omitempty"`
	Months   int               `json:"months"`
}

// The measures that can stand beside a claim, of the matters of a unit and of all below it.
const (
	MeasureHandovers = "handovers" // mean number of times that a matter changed hands
	MeasurePingPong  = "ping_pong" // share that was passed to and fro: a b a
	MeasureLie       = "lie"       // mean days from opening to the end, or to the day of the figure
	MeasureLate      = "late"      // share past its date, of those that have one
	MeasureLastDay   = "last_day"  // share declared done on the last day, of those declared
	MeasureRight     = "right"     // share closed without being sent back, of those closed as done
	MeasureReopened  = "reopened"  // share reopened, of those that have ever ended
)

// Measures lists them.
var Measures = []string{MeasureHandovers, MeasurePingPong, MeasureLie, MeasureLate, MeasureLastDay, MeasureRight, MeasureReopened}

func (c *checker) beside(d *Definition, b Beside) {
	const at = "/beside"
	c.must(kindOf(d.Fields, b.Table) == KindTable, at+"/table", "ledger.check.field_kind", "ID", b.Table, "Kind", KindTable)
	column := func(key, id, kind string, must bool) Field {
		f, _ := d.columnOf(b.Table, id)
		c.must(id == "" && !must || f.Kind == kind, at+"/"+key, "ledger.check.field_kind", "ID", id, "Kind", kind)
		return f
	}
	figure := column("figure", b.Figure, KindChoice, true)
	column("unit", b.Unit, KindUnit, true)
	kind := column("kind", b.Kind, KindChoice, false)
	column("ledger", b.Ledger, KindChoice, false)
	for _, ch := range figure.Choices {
		c.must(slices.Contains(Measures, b.Measures[ch.ID]), at+"/measures/"+ch.ID, "ledger.check.not_one_of", "Value", b.Measures[ch.ID], "List", strings.Join(Measures, ", "))
	}
	for _, id := range slices.Sorted(maps.Keys(b.Kinds)) {
		c.must(kind.hasChoice(id), at+"/kinds/"+id, "ledger.check.unknown_choice", "ID", id, "Field", b.Kind)
		c.must(figure.hasChoice(b.Kinds[id]), at+"/kinds/"+id, "ledger.check.unknown_choice", "ID", b.Kinds[id], "Field", b.Figure)
	}
	c.must(b.Months >= 1 && b.Months <= 60, at+"/months", "ledger.check.range", "N", b.Months, "Min", 1, "Max", 60)
}

// columnOf finds a column of a table.
func (d *Definition) columnOf(table, id string) (Field, bool) {
	f, _ := d.Field(table)
	for _, col := range f.Columns {
		if col.ID == id {
			return col, true
		}
	}
	return Field{}, false
}

// Measured is a measure of a set of matters: Of is how many count; of a share Hits is how many of them are hits, of a
// mean Sum is what they add up to.
type Measured struct {
	Hits, Of int
	Sum      int
	Mean     bool
}

// Value is the mean, or the share in per cent.
func (m Measured) Value() float64 {
	switch {
	case m.Of == 0:
		return 0
	case m.Mean:
		return float64(m.Sum) / float64(m.Of)
	}
	return 100 * float64(m.Hits) / float64(m.Of)
}

// Claimed is a row of the table with the figure beside it. Row counts from 0. Unit is the zero Unit where the row names
// none: then there is no figure. Median is that of the Peers units of the same kind under the same unit that have any
// such matter, the unit itself left out. From and To bound the opening of the matters.
type Claimed struct {
	Row      int
	Unit     org.Unit
	Type     string
	Measure  string
	Figure   string // the choice of the column Figure
	Own      Measured
	Median   float64
	Peers    int
	From, To string
	TooMany  bool // more matters than MostClaimed: nothing was counted
}

// Worse says whether the unit stands worse than its peers: a lower share of what came right at once, a higher figure of
// everything else.
func (c Claimed) Worse() bool {
	if c.Measure == MeasureRight {
		return c.Own.Value() < c.Median
	}
	return c.Own.Value() > c.Median
}

// MostClaimed is how many matters are looked at for the figures of one group of units.
const MostClaimed = 20_000

// BesideOf is what a matter's ledger sets beside its claims: by the definition that it was born under, or, where that
// knew of none, by today's if the table is still the same one. nil where there is nothing.
func (s *Service) BesideOf(v View) *Beside {
	b := v.Def.Beside
	if b == nil {
		if now := s.types.Current(v.Matter.Type); now != nil && now.Beside != nil {
			if _, ok := v.Def.columnOf(now.Beside.Table, now.Beside.Figure); ok {
				b = now.Beside
			}
		}
	}
	if b == nil || v.Matter.Values[b.Table].Empty() {
		return nil
	}
	return b
}

// Claims gives the figures beside a matter's claims as they stood on a day: the day on which the matter ended, or today.
// Nothing that happened later counts, so the record of an ended matter does not change. The actor sees the figures of
// matters that the actor may read.
func (s *Service) Claims(ctx context.Context, actor authz.Actor, v View, b *Beside) ([]Claimed, calendar.Date, error) {
	day := s.cal.Today(s.gate.Now())
	if closed, err := calendar.ParseDate(v.Matter.Closed); err == nil && Ended(v.Matter.Class) {
		day = closed
	}
	from := day.AddMonths(-b.Months).String()
	cell := func(row []string, id string) string {
		f, _ := v.Def.Field(b.Table)
		for i, col := range f.Columns {
			if col.ID == id && i < len(row) {
				return row[i]
			}
		}
		return ""
	}
	var out []Claimed
	trails := map[string][]placed{}
	for i, row := range v.Matter.Values[b.Table].Rows {
		c := Claimed{Row: i, Type: cell(row, b.Ledger), Figure: cell(row, b.Figure), From: from, To: day.String()}
		if c.Figure == "" {
			c.Figure = b.Kinds[cell(row, b.Kind)]
		}
		c.Measure = b.Measures[c.Figure]
		u, err := org.UnitByID(ctx, s.db, number(cell(row, b.Unit)))
		if fault.KindOf(err) != fault.NotFound && err != nil {
			return nil, day, err
		}
		if err != nil || c.Measure == "" {
			out = append(out, c)
			continue
		}
		c.Unit = u
		if err := s.claim(ctx, actor, &c, day, trails); err != nil {
			return nil, day, err
		}
		out = append(out, c)
	}
	return out, day, nil
}

// placed is a trail with the path of its owner.
type placed struct {
	Trail
	path string
}

// claim counts the figure of one row, and those of the unit's peers; trails keeps what was read for other rows.
func (s *Service) claim(ctx context.Context, actor authz.Actor, c *Claimed, day calendar.Date, trails map[string][]placed) error {
	peers := []org.Unit{c.Unit}
	under := c.Unit.Place()
	if c.Unit.Parent != 0 {
		above, err := org.UnitByID(ctx, s.db, c.Unit.Parent)
		if err != nil {
			return err
		}
		if peers, err = org.Children(ctx, s.db, above.ID, day.String()); err != nil {
			return err
		}
		under = above.Place()
	}
	key := fmt.Sprint(under.ID, " ", c.Type)
	list, read := trails[key]
	if !read {
		h, err := s.History(ctx, actor, Filter{Type: c.Type, Under: under}, Period{c.From, c.To}, day)
		if err != nil {
			return err
		}
		if h.Len() > MostClaimed {
			c.TooMany = true
			return nil
		}
		for t, err := range h.Trails(ctx) {
			if err != nil {
				return err
			}
			if t, ok := t.asOf(day); ok {
				list = append(list, placed{t, h.Unit(t.Matter.Owner.ID).Path})
			}
		}
		trails[key] = list
	}
	var values []float64
	for _, p := range peers {
		m := measured(list, p.Path, c.Measure, day, s.cal)
		switch {
		case p.ID == c.Unit.ID:
			c.Own = m
		case p.Kind == c.Unit.Kind && m.Of > 0:
			values = append(values, m.Value())
		}
	}
	c.Peers, c.Median = len(values), median(values)
	return nil
}

func measured(list []placed, path, measure string, day calendar.Date, cal *calendar.Calendar) Measured {
	out := Measured{Mean: measure == MeasureHandovers || measure == MeasureLie}
	for _, t := range list {
		if t.path == "" || !strings.HasPrefix(t.path, path) {
			continue
		}
		n, hit, counts := t.measure(measure, day, cal)
		if counts {
			out.Of++
			out.Sum += n
			out.Hits += flag(hit)
		}
	}
	return out
}

// median of values; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.SortFunc(values, cmp.Compare[float64])
	if n := len(values); n%2 == 0 {
		return (values[n/2-1] + values[n/2]) / 2
	}
	return values[len(values)/2]
}

// asOf is the trail as it stood at the end of a day; false where the matter did not exist yet.
func (t Trail) asOf(day calendar.Date) (Trail, bool) {
	until := day.String()
	n := 0
	for n < len(t.Turns) && t.Turns[n].On <= until {
		n++
	}
	if n == 0 {
		return t, false
	}
	if n == len(t.Turns) {
		return t, true
	}
	t.Turns = t.Turns[:n]
	last := t.Turns[n-1]
	t.Matter.State, t.Matter.Class, t.Matter.Closed = last.To, last.Class, ""
	t.Matter.Owner = authz.Unit{ID: last.Owner}
	if Ended(last.Class) {
		t.Matter.Closed = last.On
	}
	t.Matter.Reopened = 0
	for _, turn := range t.Turns {
		if step, _ := t.Def.Step(turn.Step); step.Has(EffectReopen) {
			t.Matter.Reopened++
		}
	}
	return t, true
}

// measure applies a measure to a matter: a number for a mean, a hit for a share; counts is false where it says nothing.
func (t Trail) measure(id string, day calendar.Date, cal *calendar.Calendar) (n int, hit, counts bool) {
	m := t.Matter
	switch id {
	case MeasureHandovers:
		return len(t.Passed()), false, true
	case MeasurePingPong:
		return 0, t.pingPong(), true
	case MeasureLie:
		end := day
		if m.Closed != "" {
			end = mustDate(m.Closed)
		}
		return mustDate(m.Opened).DaysUntil(end), false, true
	case MeasureLate:
		end := m.Closed
		if end == "" {
			end = day.String()
		}
		return 0, end > m.Target, m.Target != "" && m.Class != Dropped
	case MeasureLastDay:
		hit, counts = t.LastDay(cal)
	case MeasureRight:
		hit, counts = t.Right()
	case MeasureReopened:
		return 0, m.Reopened > 0, m.Reopened > 0 || m.Class == Done || m.Class == NotDone
	}
	return 0, hit, counts
}

// pingPong says whether a unit had the matter again after exactly one other.
func (t Trail) pingPong() bool {
	passed := t.Passed()
	for i := 1; i < len(passed); i++ {
		if passed[i].To == passed[i-1].From {
			return true
		}
	}
	return false
}
