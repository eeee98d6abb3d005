package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/web/ui"
)

// MattersPage is a list of matters; its address holds the whole filter.
type MattersPage struct {
	Page
	Tabs   ui.Tabs
	Filter ui.Filter
	Table  ui.Table
	Bulk   *BulkBar
	Saved  ui.Menu
}

// BulkBar begins a step for the ticked matters. Every leads to one for all that the list holds, where they are few enough.
type BulkBar struct {
	Back  string
	Every *ui.Link
}

const mattersPageSize = 50

// Counts stop where a reader no longer counts: a list of more says so.
const (
	mostCounted = 1000
	mostFound   = ledger.MostTogether // by a text, which is compared with matter after matter
	mostWaiting = 99
)

// upTo writes a count that stopped at most.
func upTo(n, most int64) string {
	if n > most {
		return itoa(most) + "+"
	}
	return itoa(n)
}

// listed is a filter as it stands in an address.
type listed struct {
	ledger.Filter
	q    url.Values
	unit org.Unit
	// ruler is the unit that rules on what is listed; the zero Unit for any
	ruler org.Unit
	// asker is the unit for which what is listed was asked; the zero Unit for any
	asker org.Unit
	year  int
	page  int64
}

// mattersFilter reads the filter of a list from the address. What can't be read narrows nothing.
func (s *Server) mattersFilter(c *Ctx) (f listed, err error) {
	f.q = c.R.URL.Query()
	f.Type, f.State, f.Class, f.Queue = c.Value("type"), c.Value("state"), c.Value("class"), c.Value("queue")
	f.Text, f.Sort, f.Cycle = c.Value("q"), c.Value("sort"), c.Int("cycle", 0)
	f.Mine = c.Value("mine") == "1"
	if slices.Contains(ledger.Happenings, c.Value("happened")) && c.Value("from") != "" && c.Value("to") != "" && ledger.IsDay(c.Value("from")) && ledger.IsDay(c.Value("to")) {
		f.Happened, f.Since, f.Until = c.Value("happened"), c.Value("from"), c.Value("to")
	}
	f.Common, f.Repeat, f.Unplanned = c.Value("kind") == "common", c.Value("kind") == "repeat", c.Value("unplanned") == "1"
	if f.unit, err = s.mattersUnit(c); err != nil {
		return f, err
	}
	f.Under, f.Alone = f.unit.Place(), c.Value("alone") == "1"
	if id := c.Int("ruled", 0); id != 0 {
		if f.ruler, err = org.UnitByID(c.R.Context(), s.Reader, id); err != nil {
			return f, err
		}
		f.Ruled = f.ruler.Place()
	}
	if id := c.Int("asker", 0); id != 0 {
		if f.asker, err = org.UnitByID(c.R.Context(), s.Reader, id); err != nil {
			return f, err
		}
		f.Asker = f.asker.Place()
	}
	if f.Cycle != 0 {
		y, err := cycle.ByID(c.R.Context(), s.Reader, f.Cycle)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return f, err
		}
		f.year = y.Year
	}
	f.page = max(1, c.Int("page", 1))
	f.Limit, f.Offset = mattersPageSize, int(f.page-1)*mattersPageSize
	return f, nil
}

// mattersUnit is the unit that the address names by key, or that somebody typed by code or name.
func (s *Server) mattersUnit(c *Ctx) (u org.Unit, err error) {
	id := c.Int("under", 0)
	if typed := c.Value("unit"); typed != "" {
		if id, err = s.Ledgers().FindUnit(c.R.Context(), ledger.Matter{Convenor: s.rootOf(c), Opened: c.Today()}, typed); err != nil {
			return u, err
		}
		if id == 0 {
			var form fault.Form
			form.Add("unit", "fault.ledger.reference")
			return u, form.Err()
		}
	}
	if id == 0 {
		return u, nil
	}
	return org.UnitByID(c.R.Context(), s.Reader, id)
}

// Ledgers is the ledgers' room.
func (s *Server) Ledgers() *ledger.Service { return s.Rooms.Ledgers }

// rootOf is the first unit at which the reader may read: the top of the tree for who may read everywhere, none for who
// may read nowhere.
func (s *Server) rootOf(c *Ctx) authz.Unit {
	units := s.Gate.Policy().Units(c.Actor, authz.Read)
	if len(units) == 0 {
		return authz.Unit{}
	}
	if units[0].ID == 0 {
		if tops, err := org.Roots(c.R.Context(), s.Reader); err == nil && len(tops) > 0 {
			return tops[0].Place()
		}
	}
	return units[0]
}

// with is the list's address with some values changed; "" takes one away.
func (f listed) with(pairs ...string) string {
	q := url.Values{}
	for k, v := range f.q {
		if len(v) > 0 && v[0] != "" && k != "page" {
			q.Set(k, v[0])
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return "/matters"
	}
	return "/matters?" + q.Encode()
}

func (s *Server) matters(c *Ctx) error {
	f, err := s.mattersFilter(c)
	if err != nil && c.Errors(err) == nil {
		return err
	}
	p := &MattersPage{}
	p.Title, p.Sub = c.T("ledger.title"), c.T("ledger.sub")
	if d := s.Ledgers().Types().Current(f.Type); d != nil {
		p.Title, p.Sub = d.Name.In(c.Lang), d.About.In(c.Lang)
	}
	status := 200
	if problems := c.Errors(err); problems != nil {
		p.Flash, status = &ui.Notice{Kind: "error", Text: problems["unit"]}, 422
	}
	ctx, today := c.R.Context(), s.Ledgers().Today(s.Now())
	list, n, err := s.Ledgers().Page(ctx, c.Actor, f.Filter, today, f.most())
	if err != nil {
		return err
	}
	if p.Table, err = s.mattersTable(c, list, c.T("ledger.title")); err != nil {
		return err
	}
	p.Table.HideCaption, p.Table.Pager = true, c.mattersPager(f, n, int64(len(list)))
	p.Table.Columns[3].Sort, p.Table.Columns[0].Sort = f.with("sort", "due"), f.with("sort", "number")
	p.Filter = s.mattersForm(c, f, n)
	if len(list) > 0 && c.mayAct() {
		c.tick(&p.Table, list)
		p.Bulk = &BulkBar{Back: f.with("page", c.Value("page"))}
		if n > int64(len(list)) && n <= ledger.MostTogether {
			p.Bulk.Every = &ui.Link{Text: c.T("bulk.every", "Count", n), Href: strings.Replace(f.with("all", "1", "back", p.Bulk.Back), "/matters?", "/matters/bulk?", 1)}
		}
	}
	if p.Saved, err = s.savedBar(c, f); err != nil {
		return err
	}
	if p.Tabs, err = s.mattersTabs(c, f); err != nil {
		return err
	}
	if len(s.registrable(c)) > 0 {
		p.Primary = &ui.Button{Text: c.T("ledger.new"), Href: f.newHref(), Kind: "primary", Key: "n"}
	}
	if c.MayAnywhere(authz.LedgerRegister) {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("exchange.import"), Href: matterImports + "new?type=" + url.QueryEscape(f.Type)})
	}
	if d := s.Ledgers().Types().Current(f.Type); d != nil && d.Public != nil && c.MayAnywhere(authz.LedgerOpen) {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("opening.title"), Href: openingPages + "/" + d.ID})
	}
	export := "/matters/export?" + f.q.Encode()
	p.Actions = append(p.Actions, ui.Button{Text: c.T("figures.ledgers"), Href: "/ledgers"})
	if s.rootOf(c).ID != 0 {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("figures.title"), Href: figuresOf(f.Type)})
	}
	p.Actions = append(p.Actions, ui.Button{Text: c.T("flow.title"), Href: "/flow"}, ui.Button{Text: "XLSX", Href: export + "&format=xlsx", Download: true}, ui.Button{Text: "CSV", Href: export + "&format=csv", Download: true}, ui.Button{Text: c.T("ledger.print"), Print: true})
	if d := s.Ledgers().Types().Current(f.Type); d != nil && len(d.Columns) > 0 {
		p.Actions = append(p.Actions, ui.Button{Text: c.T("exchange.all"), Href: export + "&format=xlsx&all=1", Download: true})
	}
	if d := s.Ledgers().Types().Current(f.Type); d != nil && d.Meter != nil {
		p.Actions = append([]ui.Button{{Text: c.T("meter.title"), Href: "/meter/" + d.ID}}, p.Actions...)
	}
	return c.RenderStatus(status, "matters", p)
}

// newHref is where a matter of the list's ledger is registered.
func (f listed) newHref() string {
	if f.Type == "" {
		return "/matters/new"
	}
	return "/matters/new?type=" + url.QueryEscape(f.Type)
}

// most is how far the matters of the list are counted.
func (f listed) most() int64 {
	switch {
	case f.Text != "" && f.Queue != "":
		return mostWaiting
	case f.Text != "":
		return mostFound
	}
	return mostCounted
}

func (c *Ctx) countText(n, most int64) string {
	if n > most {
		return c.T("ledger.count_more", "Total", most)
	}
	return c.T("ledger.count", "Count", int(n))
}

// mattersPager leads through a list of n matters, of which the page shows some. Where the count stopped, a full page
// says that there may be more.
func (c *Ctx) mattersPager(f listed, n, shown int64) *ui.Pager {
	if n == 0 {
		return nil
	}
	first, last := int64(f.Offset)+1, int64(f.Offset)+shown
	more := last < n
	if n > f.most() {
		more = shown == mattersPageSize
	}
	p := &ui.Pager{Text: c.T("ledger.range", "From", first, "To", last, "Total", upTo(n, f.most()))}
	if f.page > 1 {
		p.Prev = f.with("page", strconv.FormatInt(f.page-1, 10))
	}
	if more {
		p.Next = f.with("page", strconv.FormatInt(f.page+1, 10))
	}
	return p
}

// mattersTabs are the queues that concern the reader, each with its count.
func (s *Server) mattersTabs(c *Ctx, f listed) (ui.Tabs, error) {
	t := ui.Tabs{Label: c.T("ledger.queues")}
	today := s.Ledgers().Today(s.Now())
	t.Items = append(t.Items, ui.Link{Text: c.T("ledger.queue.all"), Href: f.with("queue", ""), Current: f.Queue == ""})
	for _, q := range s.queuesOf(c) {
		n, err := s.Ledgers().CountTo(c.R.Context(), c.Actor, ledger.Filter{Queue: q, Type: f.Type, Mine: f.Mine}, today, mostWaiting)
		if err != nil {
			return t, err
		}
		t.Items = append(t.Items, ui.Link{Text: c.T("ledger.queue." + q), Href: f.with("queue", q), Current: f.Queue == q, Count: upTo(n, mostWaiting)})
	}
	n, err := s.Ledgers().CountTo(c.R.Context(), c.Actor, ledger.Filter{Queue: ledger.QueueFollowed, Type: f.Type, Mine: f.Mine}, today, mostWaiting)
	if n > 0 || f.Queue == ledger.QueueFollowed {
		t.Items = append(t.Items, ui.Link{Text: c.T("ledger.queue." + ledger.QueueFollowed), Href: f.with("queue", ledger.QueueFollowed), Current: f.Queue == ledger.QueueFollowed, Count: upTo(n, mostWaiting)})
	}
	return t, err
}

// mattersForm is the filter above the list.
func (s *Server) mattersForm(c *Ctx, f listed, n int64) ui.Filter {
	out := ui.Filter{Action: "/matters", Clear: f.with("q", "", "type", "", "state", "", "class", "", "unit", "", "under", "", "cycle", "", "kind", "", "unplanned", "", "ruled", "", "asker", "", "alone", "", "mine", "", "happened", "", "from", "", "to", ""),
		Count: c.countText(n, f.most())}
	out.Fields = []ui.Field{
		{Type: "search", Name: "q", Label: c.T("ledger.filter.text"), Value: f.Text},
		{Name: "unit", Label: c.T("ledger.filter.unit"), Value: c.Value("unit"), Suggest: s.unitNames(c), Width: "medium"},
		{Type: "select", Name: "type", Label: c.T("ledger.filter.type"), Value: f.Type, Options: s.typeOptions(c)},
		{Type: "select", Name: "state", Label: c.T("ledger.filter.state"), Value: f.State, Options: s.stateOptions(c, f.Type)},
		{Type: "select", Name: "kind", Label: c.T("ledger.filter.kind"), Value: c.Value("kind"), Options: []ui.Option{
			{Text: c.T("ledger.filter.any")}, {Value: "common", Text: c.T("ledger.common")}, {Value: "repeat", Text: c.T("ledger.repeat")}}},
		{Type: "select", Name: "mine", Label: c.T("filter.mine"), Value: c.Value("mine"), Options: []ui.Option{{Text: c.T("filter.mine_unit")}, {Value: "1", Text: c.T("filter.mine_me")}}},
	}
	for _, keep := range []string{"queue", "class", "cycle", "under", "sort", "unplanned", "ruled", "asker", "alone", "happened", "from", "to"} {
		if v := c.Value(keep); v != "" && !(keep == "under" && c.Value("unit") != "") {
			out.Hidden = append(out.Hidden, ui.Pair{Name: keep, Value: v})
		}
	}
	chip := func(shown bool, text string, names ...string) {
		if shown {
			var pairs []string
			for _, name := range names {
				pairs = append(pairs, name, "")
			}
			out.Chips = append(out.Chips, ui.Link{Text: text, Href: f.with(pairs...)})
		}
	}
	chip(f.unit.ID != 0, f.unit.In(c.Lang), "unit", "under")
	chip(f.ruler.ID != 0, c.T("ledger.ruled_by", "Unit", f.ruler.In(c.Lang)), "ruled")
	chip(f.asker.ID != 0, c.T("ledger.asked_by_unit", "Unit", f.asker.In(c.Lang)), "asker")
	chip(f.Alone, c.T("ledger.alone"), "alone")
	chip(f.Class == "open" || f.Class == "ended", c.T("ledger.class."+f.Class), "class")
	chip(slices.Contains(ledger.Classes, f.Class), c.T("ledger.class."+f.Class), "class")
	chip(f.Queue == ledger.QueueOnTime || f.Queue == ledger.QueueWaiting, c.T("ledger.rollup."+f.Queue), "queue")
	chip(f.Happened != "", c.T("figures.happened."+f.Happened, "From", c.date(f.Since), "To", c.date(f.Until)), "happened", "from", "to")
	chip(f.Cycle != 0, c.T("ledger.of_cycle", "Year", f.year), "cycle")
	chip(f.Unplanned, c.T("ledger.unplanned"), "unplanned")
	chip(f.Text != "", f.Text, "q")
	return out
}

// unitNames are proposals for a box that takes a unit.
func (s *Server) unitNames(c *Ctx) []string {
	root := s.rootOf(c)
	if root.ID == 0 {
		return nil
	}
	near, err := s.Ledgers().Near(c.R.Context(), s.Reader, ledger.Matter{Convenor: root, Opened: c.Today()})
	if err != nil {
		return nil // proposals are a help; the box works without them
	}
	return unitTexts(near, c.Lang)
}

// unitTexts names units so that what is picked is found again: by name, or by code where a name stands twice.
func unitTexts(units []org.Unit, lang string) []string {
	times := map[string]int{}
	for _, u := range units {
		times[u.In(lang)]++
	}
	var out []string
	for _, u := range units {
		if times[u.In(lang)] > 1 {
			out = append(out, u.Code)
		} else {
			out = append(out, u.In(lang))
		}
	}
	return out
}

func (s *Server) typeOptions(c *Ctx) []ui.Option {
	out := []ui.Option{{Text: c.T("ledger.filter.any")}}
	for _, d := range s.Ledgers().Types().All() {
		out = append(out, ui.Option{Value: d.ID, Text: d.Name.In(c.Lang)})
	}
	return out
}

// stateOptions lists the states of one ledger, or of all.
func (s *Server) stateOptions(c *Ctx, kind string) []ui.Option {
	out, seen := []ui.Option{{Text: c.T("ledger.filter.any")}}, map[string]bool{}
	for _, d := range s.Ledgers().Types().All() {
		for _, st := range d.States {
			if (kind == "" || kind == d.ID) && !seen[st.ID] {
				seen[st.ID] = true
				out = append(out, ui.Option{Value: st.ID, Text: st.Name.In(c.Lang)})
			}
		}
	}
	return out
}

// mattersTable shows matters as every page does.
func (s *Server) mattersTable(c *Ctx, list []ledger.Matter, caption string) (ui.Table, error) {
	ctx := c.R.Context()
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Head: c.T("ledger.col.matter")}, {Head: c.T("ledger.col.unit")}, {Head: c.T("ledger.col.state"), Align: "nowrap"},
		{Head: c.T("ledger.col.due"), Align: "nowrap"}, {Head: c.T("ledger.col.stand"), Align: "nowrap"}}, Empty: &ui.EmptyState{Title: c.T("ledger.empty"), Text: c.T("ledger.empty_hint")}}
	names, err := ledger.NamesFor(ctx, s.Reader, list, nil, nil)
	if err != nil {
		return t, err
	}
	for _, m := range list {
		d, err := s.Ledgers().Types().At(ctx, s.Reader, m.Type, m.TypeVersion)
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, c.matterRow(m, d, names))
	}
	return t, nil
}

func (c *Ctx) matterRow(m ledger.Matter, d *ledger.Definition, names ledger.Names) ui.Row {
	st, _ := d.State(m.State)
	sub := m.Number
	if m.Common {
		sub += " · " + c.T("ledger.common")
	}
	if m.RepeatOf != 0 {
		sub += " · " + c.T("ledger.repeat")
	}
	owner := ui.Cell{Text: c.T("ledger.no_owner")}
	if u, ok := names.Units[m.Owner.ID]; ok {
		owner.Text = u.In(c.Lang)
		if p, held := names.People[m.Person]; held {
			owner.Sub = p.In(c.Lang)
		}
	} else if asked, ok := names.Units[m.Requester.ID]; ok && m.Class != ledger.TurnOwner {
		// Nobody has to act: it is ruled upon for whoever asked.
		owner = ui.Cell{Text: asked.In(c.Lang), Sub: c.T("ledger.side.requester")}
	} else if !ledger.Ended(m.Class) {
		owner = ui.Cell{Status: &ui.Status{State: ui.Late, Text: c.T("ledger.no_owner")}}
	}
	return ui.Row{Href: "/matters/" + itoa(m.ID), Cells: []ui.Cell{{Text: m.Title, Sub: sub}, owner, ui.T(st.Name.In(c.Lang)),
		ui.T(c.dueMoment(m)), {Status: c.matterStatus(m)}}}
}

// date writes a business date for the reader; "" stays "".
func (c *Ctx) date(day string) string {
	if day == "" {
		return ""
	}
	return ui.Locale{Lang: c.Lang, Zone: c.srv.Zone}.Date(day)
}

// matterStatus is the lamp of a matter with its word.
func (c *Ctx) matterStatus(m ledger.Matter) *ui.Status {
	s := c.srv
	switch m.Lamp(s.Now(), s.Ledgers().Calendar()) {
	case ledger.LampDone:
		state := ui.Done
		if m.Class != ledger.Done {
			state = ui.None
		}
		return &ui.Status{State: state, Text: c.T("ledger.class." + m.Class)}
	case ledger.LampWaiting:
		return &ui.Status{State: ui.Waiting, Text: c.T("ledger.class." + m.Class)}
	case ledger.LampNoDate:
		return &ui.Status{State: ui.None, Text: c.T("ledger.no_due")}
	}
	return c.matterDue(m)
}
