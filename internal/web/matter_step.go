package web

import (
	"net/http"
	"slices"
	"strings"

	"plumbline/internal/fault"
	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// MatterStepPage is the form of one step, made from the definition.
type MatterStepPage struct {
	Page
	Action   string
	Files    bool
	Version  int
	Matter   []ui.Fact
	Fields   []StepField
	Evidence *EvidenceForm
	Errors   *ui.ErrorSummary
	Stale    *ui.Stale
	Send     string
}

// StepField is one question: a box, or a table to fill in.
type StepField struct {
	ui.Field
	Rows  *ui.Table
	Fixed bool // the table takes no more rows
}

// stepOf finds the matter and the step that an address names, of which the actor may take.
func (s *Server) stepOf(c *Ctx) (v ledger.View, t ledger.Transition, err error) {
	id, err := c.ID("id")
	if err != nil {
		return v, t, err
	}
	if v, err = s.Ledgers().View(c.R.Context(), c.Actor, id); err != nil {
		return v, t, err
	}
	t, ok := v.Def.Step(c.R.PathValue("step"))
	if !ok {
		return v, t, fault.Missing()
	}
	return v, t, nil
}

func (s *Server) matterStep(c *Ctx) error {
	v, t, err := s.stepOf(c)
	if err != nil {
		return err
	}
	for _, offer := range s.Ledgers().Offers(c.Actor, v) {
		if offer.ID == t.ID {
			return s.stepPage(c, http.StatusOK, v, t, nil, nil)
		}
	}
	if t.Judges() && v.Parted {
		return fault.New(fault.Forbidden, "fault.ledger.doer_never_judges")
	}
	return c.Go("/matters/"+itoa(v.Matter.ID), "ledger.flash.not_now")
}

// stepPage shows the form of a step. typed is what came in, nil for a fresh form; stale is set where somebody else was
// quicker.
func (s *Server) stepPage(c *Ctx, status int, v ledger.View, t ledger.Transition, typed ledger.Values, failed error) error {
	p := &MatterStepPage{Action: "/matters/" + itoa(v.Matter.ID) + "/steps/" + t.ID, Version: v.Matter.Version, Send: t.Name.In(c.Lang)}
	p.Title, p.Sub = t.Name.In(c.Lang), v.Matter.Title
	p.Crumbs = []ui.Link{{Text: c.T("ledger.title"), Href: "/matters"}, {Text: v.Matter.Number, Href: "/matters/" + itoa(v.Matter.ID)}, {Text: p.Title, Current: true}}
	names, err := s.matterNames(c, v)
	if err != nil {
		return err
	}
	p.Matter = c.matterFacts(v, names, func(f ledger.Field) bool {
		return holdsRows(f) && slices.ContainsFunc(t.Ask, func(a ledger.Ask) bool { return a.Field == f.ID }) // it stands in the form
	})
	problems := c.Errors(failed)
	if p.Fields, err = s.stepFields(c, v, t, typed, problems); err != nil {
		return err
	}
	if t.Evidence == ledger.May || t.Evidence == ledger.Must {
		p.Files, p.Action, p.Evidence = true, p.Action+"/files", c.evidenceForm(problems)
		p.Evidence.File.Required = t.Evidence == ledger.Must
	}
	var all []ui.Field
	for _, f := range p.Fields {
		all = append(all, f.Field)
	}
	if p.Evidence != nil {
		all = append(all, p.Evidence.File, p.Evidence.Link, p.Evidence.On)
	}
	p.Errors = ui.Errors(all...)
	if due := s.earlyUntil(v, t); due != "" {
		p.Flash = &ui.Notice{Kind: "warn", Text: c.T("ledger.early", "Date", c.date(due))}
	}
	if problems[""] != "" {
		p.Flash = &ui.Notice{Kind: "error", Text: problems[""]}
	}
	if fault.KindOf(failed) == fault.Stale {
		p.Stale = c.staleStep(v, t, p.Fields, names)
	}
	return c.RenderStatus(status, "matter_step", p)
}

// staleStep sets what was typed beside what stands there now.
func (c *Ctx) staleStep(v ledger.View, t ledger.Transition, fields []StepField, names ledger.Names) *ui.Stale {
	st, _ := v.Def.State(v.Matter.State)
	out := &ui.Stale{Text: c.T("ledger.stale", "State", st.Name.In(c.Lang)), Keep: ui.Button{Text: t.Name.In(c.Lang), Kind: "primary", Form: "step"},
		Discard: ui.Button{Text: c.T("ledger.stale_discard"), Href: "/matters/" + itoa(v.Matter.ID)}}
	if !slices.Contains(t.From, v.Matter.State) {
		out.Keep.Disabled = true
	}
	if n := len(v.Events); n > 0 {
		out.TheirsMeta = v.Events[n-1].Name
	}
	for _, f := range fields {
		theirs := ""
		if def, ok := v.Def.Field(f.Name); ok {
			theirs = c.fieldText(def, v.Matter.Values[f.Name], names)
		}
		out.Rows = append(out.Rows, ui.StaleRow{Label: f.Label, Yours: f.Value, Theirs: theirs})
	}
	return out
}

func (s *Server) takeStep(c *Ctx) error {
	v, t, err := s.stepOf(c)
	if err != nil {
		return err
	}
	if c.Value("more") != "" {
		return s.stepPage(c, http.StatusOK, v, t, s.typedStep(c, v, t), nil)
	}
	in, typed, err := s.stepInput(c, v, t)
	if err == nil {
		err = s.Ledgers().Take(c.R.Context(), c.Actor, v.Matter.ID, in)
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.TooLarge:
		if fault.KindOf(err) == fault.TooLarge {
			var form fault.Form
			form.Add("file", "fault.ledger.file_large", "Size", int64(ledger.MaxFile>>20))
			err = form.Err()
		}
		return s.stepPage(c, http.StatusUnprocessableEntity, v, t, typed, err)
	case fault.Stale:
		fresh, verr := s.Ledgers().View(c.R.Context(), c.Actor, v.Matter.ID)
		if verr != nil {
			return verr
		}
		return s.stepPage(c, http.StatusConflict, fresh, t, typed, err)
	}
	if err != nil {
		return err
	}
	return c.Go("/matters/"+itoa(v.Matter.ID), "ledger.flash.taken")
}

// takeStepFiles is takeStep for forms that bring files.
func (s *Server) takeStepFiles(c *Ctx) error {
	if err := c.readFiles(); err != nil {
		return err
	}
	return s.takeStep(c)
}

// readFiles reads a form with files, the whole of it within the limit of the pieces that it may bring. A form that was
// carried through signing in comes without its files.
func (c *Ctx) readFiles() error {
	if c.R.PostForm != nil {
		return nil
	}
	c.R.Body = http.MaxBytesReader(c.W, c.R.Body, 4*ledger.MaxFile)
	if err := c.R.ParseMultipartForm(4 << 20); err != nil {
		return fault.New(fault.TooLarge, "fault.form")
	}
	c.posted = c.R.PostForm
	c.UseOnce(c.R.PostFormValue("_once"))
	return nil
}

// stepInput reads a step's form; typed is what stood in its fields, for a form that has to come back.
func (s *Server) stepInput(c *Ctx, v ledger.View, t ledger.Transition) (in ledger.In, typed ledger.Values, err error) {
	in = ledger.In{Step: t.ID, Version: int(c.Int("version", 0)), Note: c.Value("note"), Early: c.Value("early"), On: c.Value("on")}
	in.Values, typed = formValues(c, v.Def, t.Ask), s.typedStep(c, v, t)
	var form fault.Form
	if owner := c.Value("owner"); t.Has(ledger.EffectAssign) && owner != "" {
		if in.Owner, err = s.Ledgers().FindUnit(c.R.Context(), v.Matter, owner); err != nil {
			return in, typed, err
		}
		form.Check(in.Owner != 0, "owner", "fault.ledger.reference")
	}
	if err = form.Err(); err == nil {
		in.Evidence, err = s.pieces(c)
	}
	return in, typed, err
}

// typedStep is what stood in a step's form, for one that is shown again.
func (s *Server) typedStep(c *Ctx, v ledger.View, t ledger.Transition) ledger.Values {
	typed := formValues(c, v.Def, t.Ask)
	for _, name := range []string{"note", "owner", "early"} {
		typed[name] = ledger.Value{Text: c.Value(name)}
	}
	return typed
}

// formValues reads the fields that a form asked for.
func formValues(c *Ctx, d *ledger.Definition, asks []ledger.Ask) ledger.Values {
	out := ledger.Values{}
	for _, a := range asks {
		f, ok := d.Field(a.Field)
		switch {
		case !ok:
		case f.Kind == ledger.KindTable:
			out[f.ID] = tableValue(c, f)
		default:
			if given, ok := c.R.Form[f.ID]; ok {
				out[f.ID] = ledger.Value{Text: strings.TrimSpace(given[0])}
			}
		}
	}
	return out
}

// pieces stores the files of a form and reads its link. Nothing is stored where the form brings none.
func (s *Server) pieces(c *Ctx) ([]ledger.Piece, error) {
	var out []ledger.Piece
	if c.R.MultipartForm != nil {
		for _, h := range c.R.MultipartForm.File["file"] {
			if h.Filename == "" && h.Size == 0 {
				continue
			}
			if len(out) == ledger.MaxPieces {
				var form fault.Form
				form.Add("file", "fault.ledger.too_many_files", "Max", ledger.MaxPieces)
				return nil, form.Err()
			}
			f, err := h.Open()
			if err != nil {
				return nil, err
			}
			p, err := s.Ledgers().Keep(h.Filename, f, h.Size)
			_ = f.Close()
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
	}
	if link := c.Value("link"); link != "" {
		p, err := ledger.LinkTo(link)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	for i := range out {
		out[i].On = c.Value("file_on")
	}
	return out, nil
}
