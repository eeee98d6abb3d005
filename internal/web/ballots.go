package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/web/ui"
)

// BallotsPage is the count of a cycle's paper ballots: how much paper there is, how far the two tellers are, where they
// differ, and the seal. Once sealed it is the tally.
type BallotsPage struct {
	Page
	Cycle    int64
	Tabs     ui.Tabs
	Settles  bool
	None     bool // no round was opened yet
	Version  int
	Steps    ui.Steps
	Notice   *ui.Notice
	Paper    ui.Table
	Came     string   // what the roll says of who is entitled, and whether it was filled in
	Open     ui.Field // reason for a further round
	Further  bool
	Differs  []SettleForm
	Unkeyed  []string // slips that one teller has keyed and the other has not
	Override ui.Field
	Release  []ui.Field
	Seats    ui.DescriptionList
	Tally    []ui.Table
	Facts    ui.DescriptionList
	Rounds   ui.Table
	Ready    bool
	Sealed   bool
}

// SettleForm is one line on which the tellers differ.
type SettleForm struct {
	Text   string
	First  string
	Second string
	Hidden []ui.Pair
	Value  ui.Field
	Done   bool
}

// count is what the pages of the count need to word a form.
type count struct {
	cycle    cycle.Cycle
	convenor org.Unit
	body     plan.Body
	units    map[int64]org.Unit
}

func (s *Server) countOf(c *Ctx, id int64) (n count, err error) {
	ctx := c.R.Context()
	if n.cycle, err = cycle.ByID(ctx, s.Reader, id); err != nil {
		return n, err
	}
	if n.convenor, err = org.UnitByID(ctx, s.Reader, n.cycle.Unit); err != nil {
		return n, err
	}
	p, err := plan.ByID(ctx, s.Reader, n.cycle.Plan)
	if err != nil {
		return n, err
	}
	n.body = p.Body
	f, err := s.Rooms.Ballots.Form(ctx, s.Reader, id)
	if err != nil {
		return n, err
	}
	if !c.May(authz.TallyKey, f.Convenor) && !c.May(authz.TallySettle, f.Convenor) {
		return n, fault.Missing()
	}
	n.units, err = org.UnitsByID(ctx, s.Reader, f.Units)
	return n, err
}

func (n count) class(c *Ctx, id string) string {
	x, _ := n.body.Class(id)
	return c.Text(x.Name)
}

func (n count) item(c *Ctx, id string) string {
	x, _ := n.body.Item(id)
	return c.Text(x.Name)
}

// value words what stands on a line.
func (n count) value(c *Ctx, v string) string {
	switch v {
	case ballot.Abstained:
		return c.T("ballot.abstained")
	case ballot.Invalid:
		return c.T("ballot.invalid")
	case ballot.Missing:
		return c.T("ballot.not_keyed")
	}
	if g, ok := n.body.Grade(v); ok {
		return c.Text(g.Name)
	}
	return v
}

func ballotsPath(id int64) string { return "/cycles/" + itoa(id) + "/ballots" }

func (s *Server) ballots(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	return s.showBallots(c, id, 200, nil)
}

// showBallots draws the page, with the faults of the form that came back, if any.
func (s *Server) showBallots(c *Ctx, id int64, status int, refused error) error {
	n, err := s.countOf(c, id)
	if err != nil {
		return err
	}
	p := &BallotsPage{Cycle: id, Tabs: c.cycleTabs(n.cycle, "/ballots")}
	p.Title, p.Sub = c.T("ballot.title"), c.cycleTitle(n.cycle, n.convenor)
	p.Crumbs = c.cycleCrumbs(n.cycle, n.convenor, p.Title)
	errs := c.Errors(refused)
	p.Open = ui.Field{Name: "reason", Label: c.T("ballot.round_reason"), Required: true, Value: c.Value("reason"), Error: errs["reason"]}
	v, err := s.Rooms.Ballots.Look(c.R.Context(), c.Actor, id)
	if fault.KindOf(err) == fault.NotFound {
		p.None, p.Settles = true, c.May(authz.TallySettle, v.Form.Convenor)
		return c.RenderStatus(status, "ballots", p)
	}
	if err != nil {
		return err
	}
	p.Settles, p.Version = c.May(authz.TallySettle, v.Form.Convenor), v.Round.Version
	p.Sealed, p.Further = v.Round.State == ballot.Sealed, v.Round.State == ballot.Sealed
	if errs[""] != "" {
		p.Notice = &ui.Notice{Kind: "error", Text: errs[""]}
	}
	if err := s.fillBallots(c, p, n, v, errs); err != nil {
		return err
	}
	return c.RenderStatus(status, "ballots", p)
}

func (s *Server) fillBallots(c *Ctx, p *BallotsPage, n count, v ballot.View, errs map[string]string) error {
	if c.May(authz.TallyKey, v.Form.Convenor) && !p.Sealed {
		p.Primary = &ui.Button{Text: c.T("ballot.key"), Href: ballotsPath(p.Cycle) + "/key"}
	}
	p.Steps = ballotSteps(c, v)
	p.Paper = paperTable(c, n, v, p.Settles && !p.Sealed, errs)
	p.Came = cameText(c, n, v)
	p.Override = ui.Field{Name: "override", Label: c.T("ballot.override"), Hint: c.T("ballot.override_hint"), Value: c.Value("override"), Error: errs["override"], Required: !v.TurnoutMet}
	p.Ready = !p.Sealed && p.Settles && v.Unsettled == 0 && allKeyed(v)
	if p.Settles && !p.Sealed {
		p.Differs, p.Unkeyed = settleForms(c, n, v), unkeyed(c, n, v)
		if err := s.seats(c, p, v, errs); err != nil {
			return err
		}
	}
	if p.Sealed {
		if err := s.sealedTally(c, p, n, v); err != nil {
			return err
		}
	}
	rounds, err := ballot.Rounds(c.R.Context(), s.Reader, p.Cycle)
	if err == nil && len(rounds) > 1 {
		p.Rounds = roundTable(c, s, rounds)
	}
	return err
}

func allKeyed(v ballot.View) bool {
	if len(v.Seats) < 2 {
		return false
	}
	total := 0
	for _, paper := range v.Papers {
		total += paper.Returned
		for _, seat := range v.Seats {
			if seat.Slips[paper.Class] != paper.Returned {
				return false
			}
		}
	}
	return total > 0
}

func ballotSteps(c *Ctx, v ballot.View) ui.Steps {
	issued, keyed := false, allKeyed(v)
	for _, p := range v.Papers {
		issued = issued || p.Returned > 0
	}
	settled := keyed && v.Unsettled == 0
	sealed := v.Round.State == ballot.Sealed
	stages := []struct {
		key  string
		done bool
	}{{"ballot.step_paper", issued}, {"ballot.step_key", keyed}, {"ballot.step_settle", settled}, {"ballot.step_seal", sealed}}
	out := ui.Steps{Label: c.T("ballot.steps")}
	current := false
	for _, st := range stages {
		step := ui.Step{Text: c.T(st.key)}
		switch {
		case sealed || st.done && !current:
			step.State = "done"
		case !current:
			step.State, current = "current", true
		}
		out.Items = append(out.Items, step)
	}
	return out
}

// paperTable shows slips given out, returned and keyed, with boxes where they may be changed.
func paperTable(c *Ctx, n count, v ballot.View, edit bool, errs map[string]string) ui.Table {
	t := ui.Table{Caption: c.T("ballot.paper"), Columns: []ui.Column{{Head: c.T("ballot.class")}, {Head: c.T("ballot.entitled"), Align: "right"},
		{Head: c.T("ballot.issued"), Align: "right"}, {Head: c.T("ballot.returned"), Align: "right"},
		{Head: c.T("ballot.teller", "No", 1), Align: "right"}, {Head: c.T("ballot.teller", "No", 2), Align: "right"}}}
	for _, id := range v.Form.Classes {
		var paper ballot.Paper
		for _, x := range v.Papers {
			if x.Class == id {
				paper = x
			}
		}
		if edit && !v.Counted() {
			paper.Entitled = v.Came[id]
		}
		row := ui.Row{Cells: []ui.Cell{ui.T(n.class(c, id))}}
		for _, x := range []struct {
			name string
			n    int
		}{{"entitled", paper.Entitled}, {"issued", paper.Issued}, {"returned", paper.Returned}} {
			row.Cells = append(row.Cells, numberCell(c, x.name, id, n.class(c, id), x.n, edit, errs))
		}
		for seat := 1; seat <= 2; seat++ {
			keyed := 0
			for _, st := range v.Seats {
				if st.No == seat {
					keyed = st.Slips[id]
				}
			}
			cell := ui.T(strconv.Itoa(keyed))
			if v.Round.State == ballot.Sealed {
				cell = ui.T("✓")
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// cameText says what the roll counts, and what was made of it; "" where no roll was kept.
func cameText(c *Ctx, n count, v ballot.View) string {
	if v.Came == nil {
		return ""
	}
	var parts []string
	same := true
	for _, id := range v.Form.Classes {
		parts = append(parts, c.T("ballot.came_class", "Class", n.class(c, id), "Number", v.Came[id]))
		for _, p := range v.Papers {
			same = same && (p.Class != id || p.Entitled == v.Came[id])
		}
	}
	list := strings.Join(parts, c.T("list.separator"))
	switch {
	case !v.Counted():
		return c.T("ballot.came_filled", "List", list)
	case same:
		return c.T("ballot.came_same", "List", list)
	}
	return c.T("ballot.came_other", "List", list)
}

func numberCell(c *Ctx, name, class, label string, n int, edit bool, errs map[string]string) ui.Cell {
	if !edit {
		return ui.T(strconv.Itoa(n))
	}
	f := &ui.Field{Type: "number", Name: name + "-" + class, Label: label + " " + c.T("ballot."+name), HideLabel: true, Value: strconv.Itoa(n),
		Min: "0", Max: strconv.Itoa(ballot.MaxSlips), Required: true, Error: errs[name+"-"+class], Inputmode: "numeric"}
	if typed := c.Value(f.Name); typed != "" {
		f.Value = typed
	}
	return ui.Cell{Field: f}
}

func settleForms(c *Ctx, n count, v ballot.View) []SettleForm {
	var out []SettleForm
	for _, d := range v.Differences {
		if d.First == ballot.Missing || d.Second == ballot.Missing {
			continue // said once for the slip, by unkeyed
		}
		unit := n.units[d.Unit]
		f := SettleForm{Done: d.Settled, First: n.value(c, d.First), Second: n.value(c, d.Second),
			Text: c.T("ballot.difference", "Class", n.class(c, d.Class), "Slip", d.Slip, "Unit", unit.In(c.Lang), "Item", n.item(c, d.Item))}
		f.Hidden = []ui.Pair{{Name: "class", Value: d.Class}, {Name: "slip", Value: strconv.Itoa(d.Slip)}, {Name: "unit", Value: itoa(d.Unit)}, {Name: "item", Value: d.Item}}
		f.Value.Name, f.Value.Label, f.Value.Required = "value", c.T("ballot.really"), true
		f.Value.ID = "settle-" + d.Class + "-" + strconv.Itoa(d.Slip) + "-" + itoa(d.Unit) + "-" + d.Item
		if d.Settled {
			f.Value.Value = v.Form.Typed(d.Value)
		}
		f.Value.Hint = valueHint(c, n, v.Form)
		f.Value.Width = "short"
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b SettleForm) int { return rank(a.Done) - rank(b.Done) }) // what still waits comes first
	return out
}

func rank(done bool) int {
	if done {
		return 1
	}
	return 0
}

// unkeyed says which slips one of the tellers has not keyed yet, a line for each class and teller.
func unkeyed(c *Ctx, n count, v ballot.View) []string {
	slips := map[string]map[int]bool{}
	order := []string{}
	for _, d := range v.Differences {
		seat := 0
		switch {
		case d.First == ballot.Missing:
			seat = 1
		case d.Second == ballot.Missing:
			seat = 2
		default:
			continue
		}
		key := c.T("ballot.unkeyed", "Class", n.class(c, d.Class), "No", seat)
		if slips[key] == nil {
			slips[key] = map[int]bool{}
			order = append(order, key)
		}
		slips[key][d.Slip] = true
	}
	var out []string
	for _, key := range order {
		var numbers []string
		for _, slip := range slices.Sorted(maps.Keys(slips[key])) {
			numbers = append(numbers, strconv.Itoa(slip))
		}
		out = append(out, key+strings.Join(numbers, c.T("list.separator")))
	}
	return out
}

// valueHint says which key stands for what: "1 Good, 2 Fair … 0 blank, x invalid".
func valueHint(c *Ctx, n count, f ballot.Form) string {
	if len(f.Grades) == 0 {
		return c.T("ballot.hint_number")
	}
	var parts []string
	for i, g := range f.Grades {
		parts = append(parts, strconv.Itoa(i+1)+" "+n.value(c, g))
	}
	parts = append(parts, c.T("ballot.hint_blank"), c.T("ballot.hint_invalid"))
	return strings.Join(parts, c.T("list.separator"))
}

func (s *Server) seats(c *Ctx, p *BallotsPage, v ballot.View, errs map[string]string) error {
	names, err := s.accountNames(c, v.Seats)
	if err != nil {
		return err
	}
	for _, seat := range v.Seats {
		p.Seats.Items = append(p.Seats.Items, ui.Fact{Term: c.T("ballot.teller", "No", seat.No), Text: names[seat.Account]})
		p.Release = append(p.Release, ui.Field{Name: "reason", ID: "release-" + strconv.Itoa(seat.No), Label: c.T("ballot.release_reason", "Name", names[seat.Account]),
			Required: true, Value: strconv.Itoa(seat.No), Error: errs["release"]})
	}
	return nil
}

func (s *Server) accountNames(c *Ctx, seats []ballot.Seat) (map[int64]string, error) {
	names := map[int64]string{}
	for _, seat := range seats {
		var name string
		if err := s.Reader.QueryRow(c.R.Context(), `SELECT name FROM account WHERE id = $1`, seat.Account).Scan(&name); err != nil {
			return nil, err
		}
		names[seat.Account] = name
	}
	return names, nil
}

// sealedTally draws one table a class: units down, values across.
func (s *Server) sealedTally(c *Ctx, p *BallotsPage, n count, v ballot.View) error {
	counts, err := ballot.Counts(c.R.Context(), s.Reader, v.Round.ID)
	if err != nil {
		return err
	}
	at := map[ballot.Count]int{}
	for _, x := range counts {
		k := x
		k.N = 0
		at[k] = x.N
	}
	values := tallyValues(v.Form, counts)
	for _, class := range v.Form.Classes {
		for _, item := range v.Form.Items {
			p.Tally = append(p.Tally, n.tallyTable(c, v.Form, class, item, values, at))
		}
	}
	p.Facts.Items = []ui.Fact{{Term: c.T("ballot.sealed_at"), Text: ui.Locale{Lang: c.Lang, Zone: s.Zone}.DateTime(v.Round.SealedAt)},
		{Term: c.T("ballot.round"), Text: strconv.Itoa(v.Round.No)}, {Term: c.T("ballot.digest"), Text: v.Round.Digest}, {Term: c.T("ballot.plan_digest"), Text: v.Round.PlanDigest}}
	if v.Round.Override != "" {
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("ballot.override"), Text: v.Round.Override})
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("ballot.print"), Print: true})
	return nil
}

func tallyValues(f ballot.Form, counts []ballot.Count) []string {
	if len(f.Grades) > 0 {
		return append(append([]string{}, f.Grades...), ballot.Abstained, ballot.Invalid)
	}
	return []string{ballot.Abstained, ballot.Invalid}
}

func (n count) tallyTable(c *Ctx, f ballot.Form, class, item string, values []string, at map[ballot.Count]int) ui.Table {
	t := ui.Table{Caption: c.T("ballot.tally_of", "Class", n.class(c, class), "Item", n.item(c, item)), Columns: []ui.Column{{Head: c.T("ballot.unit")}}}
	if len(f.Grades) == 0 {
		t.Columns = append(t.Columns, ui.Column{Head: c.T("ballot.valid"), Align: "right"})
	}
	for _, v := range values {
		t.Columns = append(t.Columns, ui.Column{Head: n.value(c, v), Align: "right"})
	}
	for _, id := range f.Units {
		row := ui.Row{Cells: []ui.Cell{ui.T(n.units[id].In(c.Lang))}}
		if len(f.Grades) == 0 {
			valid := 0
			for k, x := range at {
				if k.Class == class && k.Unit == id && k.Item == item && k.Value != ballot.Abstained && k.Value != ballot.Invalid {
					valid += x
				}
			}
			row.Cells = append(row.Cells, ui.T(strconv.Itoa(valid)))
		}
		for _, v := range values {
			row.Cells = append(row.Cells, ui.T(strconv.Itoa(at[ballot.Count{Class: class, Unit: id, Item: item, Value: v}])))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func roundTable(c *Ctx, s *Server, rounds []ballot.Round) ui.Table {
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	t := ui.Table{Caption: c.T("ballot.rounds"), Columns: []ui.Column{{Head: c.T("ballot.round"), Align: "right"}, {Head: c.T("ballot.opened_at")}, {Head: c.T("ballot.sealed_at")}, {Head: c.T("ballot.round_reason")}, {Head: c.T("ballot.digest")}}}
	for _, r := range rounds {
		sealed, digest := "", ""
		if r.State == ballot.Sealed {
			sealed, digest = l.DateTime(r.SealedAt), r.Digest[:16]
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{ui.T(strconv.Itoa(r.No)), ui.T(l.DateTime(r.OpenedAt)), ui.T(sealed), ui.T(r.Reason), ui.T(digest)}})
	}
	return t
}
