package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// BulkPage chooses a step for several matters, asks once what it needs, or tells what became of each.
type BulkPage struct {
	Page
	Back   string
	Type   string
	Step   string
	Steps  *ui.Field
	Fields []StepField
	Hint   string
	Hidden []ui.Pair
	Errors *ui.ErrorSummary
	Send   string
	None   *ui.EmptyState
	Table  ui.Table
	Rest   *ui.Table
}

// mayAct says whether the reader moves matters on anywhere, and so has any use for ticking them.
func (c *Ctx) mayAct() bool {
	return slices.ContainsFunc([]authz.Action{authz.LedgerOwn, authz.LedgerApprove, authz.LedgerVerify, authz.LedgerAsk, authz.LedgerRegister}, c.MayAnywhere)
}

// tick gives every row of a list its box.
func (c *Ctx) tick(t *ui.Table, list []ledger.Matter) {
	for i, m := range list {
		t.Rows[i].Pick = &ui.Pick{Form: "bulk", Name: "m", Value: itoa(m.ID), Label: c.T("bulk.pick", "Matter", m.Title)}
	}
}

// ticked are the matters that the address or the form names, or with "all" those of the list's filter.
func (s *Server) ticked(c *Ctx) (ids []int64, err error) {
	if c.Value("all") != "1" {
		for _, v := range c.Values("m") {
			ids = append(ids, parseID(v))
		}
		return slices.DeleteFunc(ids, func(id int64) bool { return id == 0 }), nil
	}
	f, err := s.mattersFilter(c)
	if err != nil {
		return nil, err
	}
	f.Limit, f.Offset = ledger.MostTogether, 0
	list, err := s.Ledgers().List(c.R.Context(), c.Actor, f.Filter, s.Ledgers().Today(s.Now()))
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return ids, err
}

// bulkBack is the list from which the matters were chosen.
func (c *Ctx) bulkBack() string {
	if back := Local(c.Value("back")); strings.HasPrefix(back, "/matters") {
		return back
	}
	return "/matters"
}

func (s *Server) bulk(c *Ctx) error {
	ids, err := s.ticked(c)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return c.Go(c.bulkBack(), "bulk.flash.none")
	}
	return s.bulkPage(c, http.StatusOK, ids, nil, nil)
}

// bulkPage shows the choice of a step, or the form of the chosen one. typed is what came in with a form that is shown again.
func (s *Server) bulkPage(c *Ctx, status int, ids []int64, typed ledger.Values, problems map[string]string) error {
	choices, list, err := s.Ledgers().Together(c.R.Context(), c.Actor, ids)
	if err != nil {
		return err
	}
	p := &BulkPage{Back: c.bulkBack(), Hidden: []ui.Pair{{Name: "back", Value: c.bulkBack()}}}
	p.Title = c.T("bulk.title", "Count", len(list))
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: p.Back}, {Text: p.Title, Current: true}}
	chosen := slices.IndexFunc(choices, func(x ledger.JointStep) bool { return x.Type+"."+x.Step.ID == c.Value("step") })
	concerned := list
	switch {
	case len(choices) == 0:
		p.None = &ui.EmptyState{Title: c.T("bulk.nothing"), Text: c.T("bulk.nothing_hint"), Action: &ui.Button{Text: c.T("bulk.back"), Href: p.Back}}
	case chosen < 0:
		p.Steps = c.bulkSteps(choices, len(list))
	default:
		if concerned, err = s.bulkForm(c, p, choices[chosen], list, typed, problems); err != nil {
			return err
		}
	}
	if p.Table, err = s.mattersTable(c, concerned, c.T("bulk.concerned")); err != nil {
		return err
	}
	if p.Step == "" {
		for _, m := range list {
			p.Hidden = append(p.Hidden, ui.Pair{Name: "m", Value: itoa(m.ID)})
		}
	}
	return c.RenderStatus(status, "matters_bulk", p)
}

func (c *Ctx) bulkSteps(choices []ledger.JointStep, of int) *ui.Field {
	f := &ui.Field{Type: "radio", Name: "step", Label: c.T("bulk.step"), Required: true, Value: choices[0].Type + "." + choices[0].Step.ID}
	for _, x := range choices {
		f.Options = append(f.Options, ui.Option{Value: x.Type + "." + x.Step.ID, Text: x.Step.Name.In(c.Lang),
			Hint: x.View.Def.Name.In(c.Lang) + c.T("list.separator") + c.T("bulk.of", "Can", len(x.Matters), "Of", of)})
	}
	return f
}

// bulkForm asks once what the step needs, and gives the matters that it concerns.
func (s *Server) bulkForm(c *Ctx, p *BulkPage, x ledger.JointStep, list []ledger.Matter, typed ledger.Values, problems map[string]string) (concerned []ledger.Matter, err error) {
	p.Type, p.Step, p.Send = x.Type, x.Step.ID, c.T("bulk.send", "Step", x.Step.Name.In(c.Lang), "Count", len(x.Matters))
	p.Title = x.Step.Name.In(c.Lang)
	p.Sub = c.T("bulk.sub", "Ledger", x.View.Def.Name.In(c.Lang), "Count", len(x.Matters))
	if left := len(list) - len(x.Matters); left > 0 {
		p.Flash = &ui.Notice{Kind: "info", Text: c.T("bulk.left", "Count", left)}
	}
	blank := ledger.Values{}
	for _, a := range x.Step.Ask {
		blank[a.Field] = ledger.Value{}
	}
	maps.Copy(blank, typed)
	fields, err := s.stepFields(c, x.View, x.Step, blank, problems)
	var boxes []ui.Field
	for _, f := range fields {
		if f.Rows != nil {
			continue
		}
		own := f.Name != "owner" && f.Name != "note" && f.Name != "early"
		if own {
			f.Required, p.Hint = false, c.T("bulk.hint")
		}
		p.Fields, boxes = append(p.Fields, f), append(boxes, f.Field)
	}
	p.Errors = ui.Errors(boxes...)
	if problems[""] != "" {
		p.Flash = &ui.Notice{Kind: "error", Text: problems[""]}
	}
	for _, m := range list {
		if slices.Contains(x.Matters, m.ID) {
			concerned = append(concerned, m)
			p.Hidden = append(p.Hidden, ui.Pair{Name: "m", Value: itoa(m.ID)}, ui.Pair{Name: "version." + itoa(m.ID), Value: strconv.Itoa(m.Version)})
		}
	}
	p.Hidden = append(p.Hidden, ui.Pair{Name: "step", Value: x.Type + "." + x.Step.ID})
	return concerned, err
}

// takeBulk takes the step of each matter and tells what became of it. A form that could be taken of none because of what
// stands in it comes back.
func (s *Server) takeBulk(c *Ctx) error {
	ids, err := s.ticked(c)
	if err != nil {
		return err
	}
	kind, step, _ := strings.Cut(c.Value("step"), ".")
	d := s.Ledgers().Types().Current(kind)
	if d == nil || len(ids) == 0 {
		return c.Go(c.bulkBack(), "bulk.flash.none")
	}
	t, _ := d.Step(step)
	b := ledger.Bulk{Type: kind, Owner: c.Value("owner"), Matters: ids, Versions: map[int64]int{}, Form: c.Value("_once"),
		In: ledger.In{Step: step, Values: formValues(c, d, t.Ask), Note: c.Value("note"), Early: c.Value("early")}}
	for _, id := range ids {
		b.Versions[id] = int(c.Int("version."+itoa(id), -1))
	}
	outcomes, err := s.Ledgers().TakeAll(c.R.Context(), c.Actor, b)
	if err != nil {
		return err
	}
	if problems := c.sameProblem(outcomes); problems != nil {
		typed := b.In.Values
		for _, name := range []string{"note", "owner", "early"} {
			typed[name] = ledger.Value{Text: c.Value(name)}
		}
		return s.bulkPage(c, http.StatusUnprocessableEntity, ids, typed, problems)
	}
	return s.bulkResult(c, t.Name.In(c.Lang), outcomes)
}

// sameProblem gives what is wrong with a form's fields where that refused every matter; nil where some were done, or
// refused for reasons of their own.
func (c *Ctx) sameProblem(outcomes []ledger.Outcome) (problems map[string]string) {
	for _, o := range outcomes {
		f := fault.As(o.Err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) == 0 {
			return nil
		}
		if problems == nil {
			problems = c.Errors(o.Err)
		}
	}
	return problems
}

// bulkResult tells which matters were done, and of the others why not, as they stand now.
func (s *Server) bulkResult(c *Ctx, step string, outcomes []ledger.Outcome) error {
	p := &BulkPage{Back: c.bulkBack()}
	var done, left []ledger.Matter
	var why []string
	for _, o := range outcomes {
		now, err := s.Ledgers().Find(c.R.Context(), c.Actor, o.Matter.ID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if fault.As(o.Err) == nil && o.Err != nil {
			return o.Err
		}
		if o.Err == nil || fault.KindOf(o.Err) == fault.Repeated {
			if now.ID != 0 {
				done = append(done, now)
			}
			continue
		}
		if now.ID == 0 {
			continue // what the reader may not know of is not told
		}
		left, why = append(left, now), append(why, c.whyNot(o.Err))
	}
	p.Title = c.T("bulk.result", "Step", step)
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: p.Back}, {Text: p.Title, Current: true}}
	p.Primary = &ui.Button{Text: c.T("bulk.back"), Href: p.Back}
	p.Flash = &ui.Notice{Kind: "ok", Text: c.T("bulk.done", "Count", len(done)), Live: true}
	if len(left) > 0 {
		p.Flash = &ui.Notice{Kind: "warn", Text: c.T("bulk.partly", "Done", len(done), "Left", len(left)), Live: true}
		table, err := s.mattersTable(c, left, c.T("bulk.not_done"))
		if err != nil {
			return err
		}
		table.Columns = []ui.Column{table.Columns[0], table.Columns[2], {Head: c.T("bulk.why")}}
		for i, r := range table.Rows {
			table.Rows[i].Cells = []ui.Cell{r.Cells[0], r.Cells[2], {Text: why[i]}}
		}
		p.Rest = &table
	}
	if len(done) == 0 {
		return c.Render("matters_bulk", p)
	}
	var err error
	if p.Table, err = s.mattersTable(c, done, c.T("bulk.done_list")); err != nil {
		return err
	}
	return c.Render("matters_bulk", p)
}

// whyNot says in one sentence why a matter was left as it is.
func (c *Ctx) whyNot(err error) string {
	f := fault.As(err)
	switch f.Kind {
	case fault.Stale:
		return c.T("bulk.stale")
	case fault.Forbidden:
		if f.Key == "fault.forbidden" {
			return c.T("bulk.forbidden")
		}
	case fault.Invalid:
		problems := c.Errors(err)
		return strings.Join(slices.Compact(slices.Sorted(maps.Values(problems))), c.T("list.separator"))
	}
	return c.T(f.Key, f.Args...)
}
