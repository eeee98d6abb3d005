package web

import (
	"cmp"
	"net/http"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// BallotKeyPage is where a teller keys one slip: in one go as a row of characters, or line by line.
type BallotKeyPage struct {
	Page
	Cycle   int64
	Class   string
	Slip    int
	Notice  *ui.Notice
	Errors  *ui.ErrorSummary
	Classes ui.Tabs
	Row     *ui.Field
	Lines   ui.Table
	Actions ui.Actions
	Remove  bool
	Slips   []ui.Link
}

func (s *Server) ballotKey(c *Ctx) error {
	id, v, err := s.ballotsOf(c)
	if err != nil {
		return err
	}
	class, slip := c.Value("class"), int(c.Int("slip", 0))
	if class == "" {
		class = firstOpenClass(v, c.Actor)
		if keyedBy(v, c.Actor, class) >= returned(v, class) && returned(v, class) > 0 && slip < 1 {
			return c.Go(ballotsPath(id), "ballot.all_keyed") // a slip that stands is opened by its number, not by chance
		}
	}
	if slip < 1 {
		slip = min(keyedBy(v, c.Actor, class)+1, max(1, returned(v, class)))
	}
	values, done, err := s.Rooms.Ballots.Slip(c.R.Context(), c.Actor, v.Form, v.Round.ID, class, slip)
	if err != nil {
		return err
	}
	typed := make([]string, len(v.Form.Units)*len(v.Form.Items))
	for i := range values {
		typed[i] = v.Form.Typed(values[i])
	}
	return s.showKey(c, 200, v, id, class, slip, typed, done, nil)
}

// firstOpenClass is the first class of which this teller has not keyed every slip.
func firstOpenClass(v ballot.View, actor authz.Actor) string {
	for _, p := range v.Form.Classes {
		if keyedBy(v, actor, p) < returned(v, p) {
			return p
		}
	}
	return v.Form.Classes[0]
}

func keyedBy(v ballot.View, actor authz.Actor, class string) int {
	for _, seat := range v.Seats {
		if seat.Account == actor.Account {
			return seat.Slips[class]
		}
	}
	return 0
}

func returned(v ballot.View, class string) int {
	for _, p := range v.Papers {
		if p.Class == class {
			return p.Returned
		}
	}
	return 0
}

func (s *Server) showKey(c *Ctx, status int, v ballot.View, id int64, class string, slip int, typed []string, done bool, errs map[string]string) error {
	n, err := s.countOf(c, id)
	if err != nil {
		return err
	}
	p := &BallotKeyPage{Cycle: id, Class: class, Slip: slip, Remove: done}
	p.Title = c.T("ballot.key_title", "Class", n.class(c, class), "Slip", slip, "Of", returned(v, class))
	p.Sub = valueHint(c, n, v.Form)
	p.Crumbs = c.cycleCrumbs(n.cycle, n.convenor, c.T("ballot.title"))
	p.Crumbs[len(p.Crumbs)-1].Href = ballotsPath(id)
	p.Crumbs = append(p.Crumbs, ui.Link{Text: c.T("ballot.key")})
	if returned(v, class) == 0 {
		p.Notice = &ui.Notice{Kind: "warn", Text: c.T("ballot.no_paper")}
	}
	for _, x := range v.Form.Classes {
		p.Classes.Items = append(p.Classes.Items, ui.Link{Text: n.class(c, x), Href: ballotsPath(id) + "/key?class=" + x, Current: x == class,
			Count: strconv.Itoa(keyedBy(v, c.Actor, x)) + "/" + strconv.Itoa(returned(v, x))})
	}
	p.Classes.Label = c.T("ballot.class")
	if len(v.Form.Grades) > 0 && len(v.Form.Grades) < 10 {
		p.Row = &ui.Field{Name: "row", Label: c.T("ballot.row"), Hint: c.T("ballot.row_hint", "Count", len(typed)), Plain: true, Autofocus: true,
			Autocomplete: "off", Value: c.Value("row"), Error: errs["row"]}
	}
	p.Lines = keyTable(c, n, v.Form, typed, errs)
	p.Actions = ui.Actions{Buttons: []ui.Button{{Text: c.T("ballot.save_next"), Kind: "primary"}}, Sticky: true}
	if errs[""] != "" {
		p.Notice = &ui.Notice{Kind: "error", Text: errs[""]}
	}
	if slip > 1 {
		p.Slips = append(p.Slips, ui.Link{Text: c.T("ballot.previous"), Href: keyPath(id, class, slip-1)})
	}
	if slip < returned(v, class) {
		p.Slips = append(p.Slips, ui.Link{Text: c.T("ballot.next"), Href: keyPath(id, class, slip+1)})
	}
	return c.RenderStatus(status, "ballotkey", p)
}

func keyTable(c *Ctx, n count, f ballot.Form, typed []string, errs map[string]string) ui.Table {
	t := ui.Table{Caption: c.T("ballot.lines"), Columns: []ui.Column{{Head: c.T("ballot.no"), Align: "right"}, {Head: c.T("ballot.unit")}}, Wide: true}
	for _, item := range f.Items {
		t.Columns = append(t.Columns, ui.Column{Head: n.item(c, item)})
	}
	for i, unit := range f.Units {
		name := n.units[unit].In(c.Lang)
		row := ui.Row{Cells: []ui.Cell{ui.T(strconv.Itoa(i + 1)), ui.T(name)}}
		for j, item := range f.Items {
			at := i*len(f.Items) + j
			field := "v" + strconv.Itoa(at)
			row.Cells = append(row.Cells, ui.Cell{Field: &ui.Field{Name: field, Label: name + " " + n.item(c, item), HideLabel: true, Plain: true,
				Value: typed[at], Error: errs[field], Width: "short", Inputmode: "text", Autocomplete: "off", MaxLength: 12}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *Server) ballotKeySave(c *Ctx) error {
	id, v, err := s.ballotsOf(c)
	if err != nil {
		return err
	}
	class, slip := c.Value("class"), int(c.Int("slip", 0))
	values, typed, errs := readSlip(c, v.Form)
	if errs == nil {
		err = s.Rooms.Ballots.Key(c.R.Context(), c.Actor, id, class, slip, values)
		if fault.KindOf(err) == fault.Invalid {
			errs = c.Errors(err)
			// Class and slip are no boxes on this page: what is wrong with them is said above it.
			errs[""] = cmp.Or(errs[""], errs["class"], errs["slip"])
		} else if err != nil {
			return err
		}
	}
	if errs != nil {
		return s.showKey(c, http.StatusUnprocessableEntity, v, id, class, slip, typed, false, errs)
	}
	if slip >= returned(v, class) {
		return c.Go(ballotsPath(id)+"/key", "ballot.class_done")
	}
	return c.Go(keyPath(id, class, slip+1), "")
}

// readSlip reads the row if one was typed, else the lines.
func readSlip(c *Ctx, f ballot.Form) (values, typed []string, errs map[string]string) {
	typed = make([]string, len(f.Units)*len(f.Items))
	for i := range typed {
		typed[i] = c.Value("v" + strconv.Itoa(i))
	}
	if row := c.Value("row"); row != "" {
		values, err := f.ReadRow(row)
		if err != nil {
			return nil, typed, map[string]string{"row": c.Errors(err)[""]}
		}
		return values, typed, nil
	}
	for i, t := range typed {
		v, ok := f.ReadValue(t)
		if !ok {
			if errs == nil {
				errs = map[string]string{}
			}
			errs["v"+strconv.Itoa(i)] = c.T("fault.ballot.value", "Value", t)
		}
		values = append(values, v)
	}
	return values, typed, errs
}
