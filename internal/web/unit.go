package web

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/web/ui"
)

// UnitPage is one unit: who holds its posts, its groups, what stands below, and how it came to be, today or as of a date.
type UnitPage struct {
	Page
	Notices []ui.Notice
	Blocks  []UnitBlock
	Posts   ui.Table
	Groups  *ui.Table
	Find    *ui.Filter
	Below   belowTable
	Heads   struct{ Posts, Groups, Below ui.Heading }
	Facts   ui.DescriptionList
	AsOf    ui.Field
	Clear   string // leads back to today
	Periods *ui.Timeline
	Menu    *ui.Menu
	Log     string
}

// belowTable lists up to a hundred units. Its rows are written here, not in the template: the page at the top of the
// tree must not take twice as long as a leaf's for its many children.
type belowTable struct {
	Heads [4]string
	Rows  []belowRow
	Empty *ui.EmptyState
	Pager *ui.Pager
}

type belowRow struct{ Href, Name, Kind, Code, Below string }

// Body is the rows, in the form that c-table gives them.
func (t belowTable) Body() template.HTML {
	var b strings.Builder
	b.Grow(512 * len(t.Rows))
	var labels [len(t.Heads)]string
	for i, head := range t.Heads {
		labels[i] = ` data-label="` + template.HTMLEscapeString(head) + `"><div>`
	}
	cell := func(i int, class, text string) {
		b.WriteString(`<td role="cell"` + class + labels[i] + template.HTMLEscapeString(text) + `</div></td>`)
	}
	for _, r := range t.Rows {
		href := template.HTMLEscapeString(r.Href)
		b.WriteString(`<tr role="row" data-href="` + href + `"><th scope="row" role="rowheader"><a href="` + href + `" data-item>` + template.HTMLEscapeString(r.Name) + `</a></th>`)
		cell(1, "", r.Kind)
		cell(2, "", r.Code)
		class := ` class="r"`
		if r.Below == "" {
			class = ` class="r empty"`
		}
		cell(3, class, r.Below)
		b.WriteString("</tr>\n")
	}
	return template.HTML(b.String())
}

// UnitBlock is what another room has to say of a unit.
type UnitBlock struct {
	Heading ui.Heading
	Chart   *ui.Share
	Figures *ui.KeyFigures
	Table   *ui.Table
}

// unitBlocks are the rooms' own parts of the unit page, in the order of this list. A room with nothing to say gives
// none; each must answer as fast for the top of the tree as for a leaf, and show only what the reader may know.
var unitBlocks = []func(s *Server, c *Ctx, u org.Unit) ([]UnitBlock, error){(*Server).rollupBlocks}

func (s *Server) unit(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx, today := c.R.Context(), c.Today()
	date, past := today, false
	if d, err := calendar.ParseDate(c.Value("date")); err == nil && d.String() != today {
		date, past = d.String(), true
	}
	u, exists, err := org.UnitAt(ctx, s.Reader, id, date)
	if err != nil {
		return err
	}
	p := &UnitPage{}
	if p.Log, err = s.logOf(c, "unit", id); err != nil {
		return err
	}
	kind := c.kindName(s.Pack.UnitKinds, u.Kind)
	p.Title, p.Sub = u.In(c.Lang), c.T("org.unit_sub", "Kind", kind, "Code", u.Code)
	if err := s.unitAbove(ctx, c, p, u, date, past); err != nil {
		return err
	}
	if err := s.unitNotices(ctx, c, p, u, date, past, exists); err != nil {
		return err
	}
	if err := s.unitPosts(ctx, c, p, u, date); err != nil {
		return err
	}
	if err := s.unitBelow(ctx, c, p, u, date, past); err != nil {
		return err
	}
	if err := s.unitPeriods(ctx, c, p, u); err != nil {
		return err
	}
	if !past {
		for _, block := range unitBlocks {
			b, err := block(s, c, u)
			if err != nil {
				return err
			}
			p.Blocks = append(p.Blocks, b...)
		}
	}
	p.AsOf = ui.Field{Type: "date", Name: "date", Label: c.T("org.as_of"), Value: date, Plain: true}
	if past {
		p.Clear = unitAt(u.ID)
	}
	c.unitActions(p, u, past)
	return c.Render("unit", p)
}

// unitAbove fills crumbs and facts.
func (s *Server) unitAbove(ctx context.Context, c *Ctx, p *UnitPage, u org.Unit, date string, past bool) (err error) {
	var above []org.Unit
	if past {
		above, err = org.AncestorsAt(ctx, s.Reader, u, date)
	} else {
		above, err = org.Above(ctx, s.Reader, u)
	}
	if err != nil {
		return err
	}
	p.Crumbs = []ui.Link{{Text: c.T("org.units"), Href: "/units"}}
	for _, a := range above {
		link := c.unitLink(a)
		if past {
			link.Href += "?date=" + date
		}
		p.Crumbs = append(p.Crumbs, link)
	}
	p.Crumbs = append(p.Crumbs, ui.Link{Text: p.Title})
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	p.Facts.Items = []ui.Fact{{Term: c.T("org.code"), Text: u.Code}, {Term: c.T("org.kind"), Text: c.kindName(s.Pack.UnitKinds, u.Kind)}}
	if u.NameEn != "" && u.NameEn != p.Title {
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("org.name_en"), Text: u.NameEn})
	} else if u.NameEn == p.Title && u.Name != p.Title {
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("org.name"), Text: u.Name})
	}
	if len(above) > 0 {
		up := c.unitLink(above[len(above)-1])
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("org.parent"), Text: up.Text, Href: up.Href})
	}
	if u.From != "" {
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("org.from"), Text: l.Date(u.From)})
	}
	if u.To != "" {
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("org.to"), Text: l.Date(u.To)})
	}
	if !past {
		fact, err := s.workdaysFact(ctx, c, u)
		if err != nil {
			return err
		}
		p.Facts.Items = append(p.Facts.Items, fact)
	}
	if u.Below > 0 && !past {
		p.Facts.Items = append(p.Facts.Items, ui.Fact{Term: c.T("org.below_all"), Text: l.Num(u.Below)})
	}
	return nil
}

// unitNotices say that the page shows another day, or that the unit is no more and what became of it.
func (s *Server) unitNotices(ctx context.Context, c *Ctx, p *UnitPage, u org.Unit, date string, past, exists bool) error {
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	switch {
	case past && !exists:
		p.Notices = append(p.Notices, ui.Notice{Kind: "warn", Text: c.T("org.not_then", "Date", l.Date(date))})
	case past:
		p.Notices = append(p.Notices, ui.Notice{Text: c.T("org.shown_as_of", "Date", l.Date(date))})
	}
	if u.To == "" {
		return nil
	}
	if u.To <= c.Today() {
		p.Status = &ui.Status{State: ui.None, Text: c.T("org.gone"), Box: true}
	}
	n := ui.Notice{Text: c.T("org.ends", "Date", l.Date(u.To))}
	if u.Successor != 0 {
		into, err := org.UnitByID(ctx, s.Reader, u.Successor)
		if err != nil {
			return err
		}
		n.Text = c.T("org.merged_into", "Date", l.Date(u.To), "Unit", into.In(c.Lang))
		n.Actions = []ui.Button{{Text: into.In(c.Lang), Href: unitAt(into.ID)}}
	}
	p.Notices = append(p.Notices, n)
	return nil
}

// unitPosts fills posts with their holders on the date, and groups.
func (s *Server) unitPosts(ctx context.Context, c *Ctx, p *UnitPage, u org.Unit, date string) error {
	posts, err := org.PostsOfUnit(ctx, s.Reader, u.ID, date)
	if err != nil {
		return err
	}
	held, err := org.HoldersAt(ctx, s.Reader, u.ID, date)
	if err != nil {
		return err
	}
	rank := func(p org.Post) int {
		return slices.IndexFunc(s.Pack.PostKinds, func(k pack.Kind) bool { return k.ID == p.Kind })
	}
	slices.SortStableFunc(posts, func(a, b org.Post) int { return rank(a) - rank(b) })
	by := map[int64]org.Holder{}
	for _, h := range held {
		by[h.Post.ID] = h
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	p.Posts = ui.Table{Caption: c.T("org.posts"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.post")}, {Head: c.T("org.holder")}, {Head: c.T("org.since")}},
		Empty: &ui.EmptyState{Title: c.T("org.no_posts")}}
	for _, post := range posts {
		row := ui.Row{Href: "/posts/" + itoa(post.ID), Cells: []ui.Cell{{Text: post.In(c.Lang)}, {Status: &ui.Status{State: ui.None, Text: c.T("org.vacant")}}, {}}}
		if h, ok := by[post.ID]; ok {
			row.Cells[1] = ui.Cell{Text: h.Person.In(c.Lang), Href: "/people/" + itoa(h.Person.ID)}
			row.Cells[2] = ui.T(l.Date(h.Tenure.From))
		}
		p.Posts.Rows = append(p.Posts.Rows, row)
	}
	p.Heads.Posts = ui.Heading{Text: c.T("org.posts"), Actions: []ui.Button{{Text: c.T("org.who"), Href: "/who?unit=" + url.QueryEscape(u.Code), Kind: "quiet", Small: true}}}
	groups, err := org.GroupsOf(ctx, s.Reader, u.ID, date)
	if err != nil || len(groups) == 0 {
		return err
	}
	p.Groups = &ui.Table{Caption: c.T("org.groups"), HideCaption: true, Columns: []ui.Column{{Head: c.T("org.group")}, {Head: c.T("org.kind")}}}
	for _, g := range groups {
		p.Groups.Rows = append(p.Groups.Rows, ui.Row{Href: "/groups/" + itoa(g.ID), Cells: []ui.Cell{ui.T(g.In(c.Lang)), ui.T(c.kindName(s.Pack.GroupKinds, g.Kind))}})
	}
	p.Heads.Groups = ui.Heading{Text: c.T("org.groups")}
	return nil
}

// unitBelow fills a page of the units right below.
func (s *Server) unitBelow(ctx context.Context, c *Ctx, p *UnitPage, u org.Unit, date string, past bool) error {
	q := org.ChildQuery{Parent: u.ID, Date: date, Past: past, Search: c.Value("q"), After: c.Value("after")}
	below, more, err := org.ChildPage(ctx, s.Reader, q)
	if err != nil {
		return err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	p.Heads.Below = ui.Heading{Text: c.T("org.below"), ID: "below"}
	p.Below.Heads = [4]string{c.T("org.name"), c.T("org.kind"), c.T("org.code"), c.T("org.below_all")}
	p.Below.Empty = &ui.EmptyState{Title: c.T("org.no_below")}
	for _, b := range below {
		row := belowRow{Href: unitAt(b.ID), Name: b.In(c.Lang), Kind: c.kindName(s.Pack.UnitKinds, b.Kind), Code: b.Code}
		if past {
			row.Href += "?date=" + date
		}
		if b.Below > 0 {
			row.Below = l.Num(b.Below)
		}
		p.Below.Rows = append(p.Below.Rows, row)
	}
	if more || q.After != "" {
		p.Below.Pager = &ui.Pager{Text: c.T("org.page_of", "Count", len(below))}
		if more {
			p.Below.Pager.Next = belowAddress(u, q, below[len(below)-1].Code)
		}
		if q.After != "" {
			p.Below.Pager.Links = []ui.Link{{Text: c.T("org.first_page"), Href: belowAddress(u, q, "")}}
		}
	}
	if more || q.After != "" || q.Search != "" || len(below) > 15 {
		p.Find = &ui.Filter{Action: unitAt(u.ID), Fields: []ui.Field{{Type: "search", Name: "q", Label: c.T("org.find_below"), HideLabel: true, Placeholder: c.T("org.find_below"), Value: q.Search}}}
		if past {
			p.Find.Hidden = []ui.Pair{{Name: "date", Value: date}}
		}
		if q.Search != "" {
			p.Find.Chips = []ui.Link{{Text: q.Search, Href: belowAddress(u, org.ChildQuery{Date: date, Past: past}, "")}}
		}
	}
	return nil
}

func belowAddress(u org.Unit, q org.ChildQuery, after string) string {
	v := url.Values{}
	if q.Past {
		v.Set("date", q.Date)
	}
	if q.Search != "" {
		v.Set("q", q.Search)
	}
	if after != "" {
		v.Set("after", after)
	}
	if len(v) == 0 {
		return unitAt(u.ID) + "#below"
	}
	return unitAt(u.ID) + "?" + v.Encode() + "#below"
}

// unitPeriods tells what the unit was called and where it stood, from when to when.
func (s *Server) unitPeriods(ctx context.Context, c *Ctx, p *UnitPage, u org.Unit) error {
	now, err := org.UnitByID(ctx, s.Reader, u.ID)
	if err != nil {
		return err
	}
	periods, err := org.History(ctx, s.Reader, now)
	if err != nil || len(periods) < 2 {
		return err
	}
	var ids []int64
	for _, x := range periods {
		ids = append(ids, x.Parent)
	}
	parents, err := org.UnitsByID(ctx, s.Reader, ids)
	if err != nil {
		return err
	}
	l := ui.Locale{Lang: c.Lang, Zone: s.Zone}
	p.Periods = &ui.Timeline{Label: c.T("org.periods")}
	for _, x := range periods {
		e := ui.Event{When: c.T("org.since_ever"), Text: x.In(c.Lang), Detail: c.kindName(s.Pack.UnitKinds, x.Kind)}
		if x.From != "" {
			e.When, e.ISO, e.Href = l.Date(x.From), x.From, unitAt(u.ID)+"?date="+x.From
		}
		if parent, ok := parents[x.Parent]; ok {
			e.Detail = c.T("org.period_under", "Kind", e.Detail, "Unit", parent.In(c.Lang))
		}
		p.Periods.Events = append(p.Periods.Events, e)
	}
	return nil
}

// unitActions are what this reader may do here.
func (c *Ctx) unitActions(p *UnitPage, u org.Unit, past bool) {
	at := unitAt(u.ID)
	p.Menu = &ui.Menu{Text: c.T("org.export"), Links: []ui.Link{{Text: "XLSX", Href: at + "/export?format=xlsx"}, {Text: "CSV", Href: at + "/export?format=csv"}, {Text: c.T("org.export_posts"), Href: at + "/posts/export"}}}
	if past || !c.May(authz.OrgEdit, u.Place()) {
		return
	}
	if u.To == "" || u.To > c.Today() {
		p.Heads.Below.Actions = []ui.Button{{Text: c.T("org.new_below"), Href: "/units/new?parent=" + itoa(u.ID), Small: true},
			{Text: c.T("org.import_units"), Href: "/imports/new?what=units&under=" + itoa(u.ID), Small: true}}
		p.Heads.Posts.Actions = append(p.Heads.Posts.Actions, ui.Button{Text: c.T("org.post_new"), Href: at + "/posts/new", Small: true})
		p.Heads.Groups = ui.Heading{Text: c.T("org.groups"), Actions: []ui.Button{{Text: c.T("org.group_new"), Href: at + "/groups/new", Small: true}}}
		p.Actions = []ui.Button{{Text: c.T("org.rename"), Href: at + "/rename", Key: "e"}, {Text: c.T("org.move"), Href: at + "/move"}, {Text: c.T("org.merge"), Href: at + "/merge"}, {Text: c.T("org.dissolve"), Href: at + "/dissolve"}}
	}
}
