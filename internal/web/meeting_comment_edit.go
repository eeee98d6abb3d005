package web

import (
	"net/http"
	"strconv"

	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingCommentEditPage is where a comment is written: it saves itself, and is then confirmed.
type MeetingCommentEditPage struct {
	Page
	ID       int64
	Version  int
	Errors   *ui.ErrorSummary
	Notices  []ui.Notice
	Stale    *ui.Stale
	Affirm   ui.Field
	Problems []ProblemForm
	None     ui.Field
	Direct   ui.Field
	Saved    string
	Confirm  *ui.Button
	Past     []PastRow
}

// ProblemForm is one problem's part of the form.
type ProblemForm struct {
	Key      string
	Number   int
	Text     ui.Field
	Common   ui.Field
	Units    ui.Field
	Repeat   ui.Field
	Notice   *ui.Notice // the earlier finding that it reads like
	Matters  []ui.Link  // already on the list
	HasUnits bool
	New      bool // one of the empty lines
}

// spareProblems is how many empty problems the form has.
const spareProblems = 3

func (s *Server) beginComment(c *Ctx) error {
	h, err := s.commenting(c)
	if err != nil {
		return err
	}
	id, err := s.Rooms.Meetings.Begin(c.R.Context(), c.Actor, h.M.ID, c.Int("reporter", 0))
	if err != nil {
		return err
	}
	return c.Go("/comments/"+itoa(id)+"/edit", "")
}

func (s *Server) commentEdit(c *Ctx) error {
	h, k, err := s.writable(c)
	if err != nil {
		return err
	}
	return s.renderCommentEdit(c, h, k, http.StatusOK, k.Body, nil)
}

// writable is the comment in the address, for those who write it.
func (s *Server) writable(c *Ctx) (hall, meeting.Comment, error) {
	h, k, err := s.commentHere(c)
	if err == nil && !s.Rooms.Meetings.MayWrite(c.Actor, h.Unit.Place(), k) {
		err = fault.New(fault.Forbidden, "fault.forbidden")
	}
	return h, k, err
}

func (s *Server) renderCommentEdit(c *Ctx, h hall, k meeting.Comment, status int, b meeting.Body, failed error) error {
	ctx := c.R.Context()
	on, err := org.UnitByID(ctx, s.Reader, k.Unit)
	if err != nil {
		return err
	}
	p := &MeetingCommentEditPage{ID: k.ID, Version: k.Version}
	c.hallPage(&p.Page, h, c.T("meeting.comment.title", "Unit", on.In(c.Lang)))
	p.Status, p.Sub = c.commentStatus(k), c.T("meeting.voice."+string(k.Voice))+" · "+c.author(k)
	errs := c.Errors(failed)
	p.Affirm = ui.Field{Type: "textarea", Name: "affirm", Label: c.T("meeting.comment.affirm"), Value: b.Affirm, Rows: 4, Error: errs["affirm"], Count: true}
	p.Direct = ui.Field{Type: "textarea", Name: "direct", Label: c.T("meeting.comment.direct"), Hint: c.T("meeting.comment.direct_hint"), Value: b.Direct, Rows: 4, Error: errs["direct"], Count: true}
	p.None = ui.Field{Type: "textarea", Name: "none", Label: c.T("meeting.comment.none_reason"), Hint: c.T("meeting.comment.none_hint"), Value: b.None, Rows: 2, Error: errs["none"]}
	p.Saved = c.T("meeting.comment.changed", "Who", k.ChangedBy, "Time", c.locale().DateTime(k.ChangedAt))
	if err := s.problemForms(c, h, k, p, b, errs); err != nil {
		return err
	}
	p.Notices = c.commentNotices(k, b)
	p.Stale = c.staleComment(k, b, failed)
	if status == http.StatusOK && s.Rooms.Meetings.MayConfirm(c.Actor, h.Unit.Place(), k) && k.Pending {
		p.Confirm = c.confirmButton(k)
		p.Confirm.Post, p.Confirm.Fields, p.Confirm.Action = "", nil, "/comments/"+itoa(k.ID)+"/confirm" // with what stands in the form
		p.Confirm.Form = "comment"
	}
	p.Errors = c.commentErrors(p, errs)
	return c.RenderStatus(status, "meeting_comment_edit", p)
}

func (c *Ctx) commentErrors(p *MeetingCommentEditPage, errs map[string]string) *ui.ErrorSummary {
	fields := []ui.Field{p.Affirm}
	for _, x := range p.Problems {
		fields = append(fields, x.Text, x.Units)
	}
	sum := ui.Errors(append(fields, p.None, p.Direct)...)
	if text := errs[""]; text != "" {
		if sum == nil {
			sum = &ui.ErrorSummary{}
		}
		sum.Errors = append(sum.Errors, ui.Link{Text: text, Href: "#f-affirm"})
	}
	return sum
}

func (c *Ctx) commentNotices(k meeting.Comment, b meeting.Body) []ui.Notice {
	var out []ui.Notice
	if k.Edition > 0 {
		out = append(out, ui.Notice{Kind: "info", Text: c.T("meeting.comment.correcting", "N", k.Edition)})
	}
	if !b.Empty() && b.Lacks() {
		out = append(out, ui.Notice{Kind: "warn", Text: c.T("meeting.comment.lacks")})
	}
	return out
}

// problemForms makes the lines of the problems, the empty ones with keys that were never used.
func (s *Server) problemForms(c *Ctx, h hall, k meeting.Comment, p *MeetingCommentEditPage, b meeting.Body, errs map[string]string) error {
	ctx := c.R.Context()
	links, err := meeting.Links(ctx, s.Reader, k.ID)
	if err != nil {
		return err
	}
	past, err := s.Rooms.Meetings.LastYear(ctx, k.Unit, h.Cycle)
	if err != nil {
		return err
	}
	for _, f := range past {
		p.Past = append(p.Past, c.pastRow(f))
	}
	alike, err := s.Rooms.Meetings.Alike(ctx, s.Reader, k.Unit, h.Cycle, b)
	if err != nil {
		return err
	}
	units, err := s.otherUnits(c, h, k)
	if err != nil {
		return err
	}
	used, err := meeting.UsedKeys(ctx, s.Reader, k)
	if err != nil {
		return err
	}
	for _, x := range b.Problems {
		used = append(used, x.Key)
	}
	all := b.Problems
	for _, key := range meeting.NextKeys(spareProblems, used...) {
		all = append(all[:len(all):len(all)], meeting.Problem{Key: key})
	}
	for i, x := range all {
		form := c.problemForm(i+1, x, units, past, errs)
		form.New = i >= len(b.Problems)
		if f, ok := alike[x.Key]; ok && links[x.Key] == nil {
			form.Notice = &ui.Notice{Kind: "warn", Text: c.T("meeting.problem.alike", "Number", f.Number, "Title", f.Title, "State", f.State.In(c.Lang))}
		}
		for _, matter := range links[x.Key] {
			form.Matters = append(form.Matters, ui.Link{Text: c.T("meeting.problem.registered"), Href: "/matters/" + itoa(matter)})
		}
		p.Problems = append(p.Problems, form)
	}
	return nil
}

// otherUnits offers the other reporters for common problems; none where the comment is on the convenor itself.
func (s *Server) otherUnits(c *Ctx, h hall, k meeting.Comment) ([]ui.Option, error) {
	if k.Voice == meeting.Higher {
		return nil, nil
	}
	reporters, err := cycle.Reporters(c.R.Context(), s.Reader, h.Cycle.ID)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range reporters {
		ids = append(ids, r.Unit)
	}
	units, err := org.UnitsByID(c.R.Context(), s.Reader, ids)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, id := range ids {
		if id != k.Unit {
			out = append(out, ui.Option{Value: itoa(id), Text: units[id].In(c.Lang)})
		}
	}
	return out, nil
}

func (c *Ctx) problemForm(n int, x meeting.Problem, units []ui.Option, past []meeting.PastFinding, errs map[string]string) ProblemForm {
	f := ProblemForm{Key: x.Key, Number: n, HasUnits: len(units) > 0}
	f.Text = ui.Field{Type: "textarea", Name: "text_" + x.Key, Label: c.T("meeting.problem.n", "N", n), Value: x.Text, Rows: 2, MaxLength: 1000, Plain: true, Error: errs["text_"+x.Key]}
	common := ""
	if x.Common {
		common = "1"
	}
	f.Common = ui.Field{Type: "checkbox", Name: "common_" + x.Key, Label: c.T("meeting.problem.is_common"), Value: common, Plain: true}
	var values []string
	for _, u := range x.Units {
		values = append(values, itoa(u))
	}
	f.Units = ui.Field{Type: "checkbox", Name: "units_" + x.Key, Label: c.T("meeting.problem.units"), Options: units, Values: values, Inline: true, Plain: true, Error: errs["units_"+x.Key]}
	options := []ui.Option{{Value: "0", Text: c.T("meeting.problem.repeat_auto")}, {Value: strconv.Itoa(meeting.NoRepeat), Text: c.T("meeting.problem.repeat_no")}}
	for _, y := range past {
		options = append(options, ui.Option{Value: itoa(y.Matter), Text: y.Number + " " + y.Title})
	}
	f.Repeat = ui.Field{Type: "select", Name: "repeat_" + x.Key, Label: c.T("meeting.problem.repeat"), Value: itoa(x.Repeat), Options: options, Plain: true}
	return f
}

// commentForm reads the form.
func (c *Ctx) commentForm() meeting.Body {
	b := meeting.Body{Affirm: c.Value("affirm"), Direct: c.Value("direct"), None: c.Value("none")}
	for _, key := range c.Values("key") {
		p := meeting.Problem{Key: key, Text: c.Value("text_" + key), Common: c.Value("common_"+key) == "1", Repeat: c.Int("repeat_"+key, 0)}
		for _, v := range c.Values("units_" + key) {
			if id, err := strconv.ParseInt(v, 10, 64); err == nil {
				p.Units = append(p.Units, id)
			}
		}
		b.Problems = append(b.Problems, p)
	}
	return b
}

// staleComment shows both texts when somebody else has saved meanwhile.
func (c *Ctx) staleComment(k meeting.Comment, mine meeting.Body, failed error) *ui.Stale {
	if fault.KindOf(failed) != fault.Stale {
		return nil
	}
	return &ui.Stale{TheirsMeta: k.ChangedBy + " · " + c.locale().DateTime(k.ChangedAt), Rows: []ui.StaleRow{{Label: c.T("meeting.comment"), Yours: c.plain(written(mine)), Theirs: c.plain(k.Body)}},
		Keep: ui.Button{Text: c.T("meeting.keep_mine"), Form: "comment"}, Discard: ui.Button{Text: c.T("meeting.keep_theirs"), Href: "/comments/" + itoa(k.ID) + "/edit"}}
}

// written leaves out the form's empty lines.
func written(b meeting.Body) meeting.Body {
	var out []meeting.Problem
	for _, p := range b.Problems {
		if p.Text != "" {
			out = append(out, p)
		}
	}
	b.Problems = out
	return b
}

func (s *Server) saveComment(c *Ctx) error {
	h, k, err := s.writable(c)
	if err != nil {
		return err
	}
	ctx, b := c.R.Context(), c.commentForm()
	if c.R.Header.Get("X-Autosave") != "" {
		version, err := s.Rooms.Meetings.Autosave(ctx, c.Actor, k.ID, int(c.Int("version", 0)), b)
		if err != nil {
			return err
		}
		c.W.Header().Set("X-Version", strconv.Itoa(version))
		c.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	_, err = s.Rooms.Meetings.Save(ctx, c.Actor, k.ID, int(c.Int("version", 0)), b)
	if err != nil {
		return s.commentBack(c, h, k.ID, b, err)
	}
	return c.Go("/comments/"+itoa(k.ID)+"/edit", "meeting.flash.saved")
}

// commentBack shows the form again with what was typed, where the fault is one of the form; else it gives the fault.
func (s *Server) commentBack(c *Ctx, h hall, id int64, b meeting.Body, err error) error {
	kind := fault.KindOf(err)
	if kind != fault.Invalid && kind != fault.Stale {
		return err
	}
	now, ferr := meeting.CommentByID(c.R.Context(), s.Reader, id)
	if ferr != nil {
		return ferr
	}
	return s.renderCommentEdit(c, h, now, statusOf[kind], written(b), err)
}

// confirmComment confirms what the reader saw. From the editor the form's text is saved first, so that what is confirmed
// is what stands there.
func (s *Server) confirmComment(c *Ctx) error {
	h, k, err := s.commentHere(c)
	if err != nil {
		return err
	}
	ctx, version := c.R.Context(), int(c.Int("version", 0))
	b := k.Body
	if len(c.Values("key")) > 0 {
		b = c.commentForm()
		if version, err = s.Rooms.Meetings.Autosave(ctx, c.Actor, k.ID, version, b); err != nil {
			return s.commentBack(c, h, k.ID, b, err)
		}
	}
	if err := s.Rooms.Meetings.Confirm(ctx, c.Actor, k.ID, version); err != nil {
		if s.Rooms.Meetings.MayWrite(c.Actor, h.Unit.Place(), k) {
			return s.commentBack(c, h, k.ID, b, err)
		}
		return err
	}
	return c.Go("/comments/"+itoa(k.ID), "meeting.flash.confirmed")
}
