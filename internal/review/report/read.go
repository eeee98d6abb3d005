package report

import (
	"context"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
)

// Draft is what the editor shows: the working text with everything that belongs to it.
type Draft struct {
	Head
	Content  Content
	Parts    map[string]Part // by key; a part that nobody wrote is absent
	Asides   []Aside         // the reader's own
	Numbers  []Number        // all that can be inserted, as of today
	Checks   []Check
	Remarks  []Remark // of all returns
	Receipts []Receipt
}

// Draft gives the working text to whoever may write for the unit; nobody else may read it before it is handed in.
func (s *Service) Draft(ctx context.Context, actor authz.Actor, scope authz.Scope, reporter int64, now int64) (d Draft, err error) {
	if d.Head, err = scopedHead(ctx, s.db, scope, reporter); err != nil {
		return d, err
	}
	if !s.may(actor, authz.ReportWrite, d.Head) {
		return d, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if d.Content, d.Parts, err = s.gatherParts(ctx, s.db, d.Head); err != nil {
		return d, err
	}
	if d.Numbers, err = s.numbers(ctx, s.db, d.Head, now); err != nil {
		return d, err
	}
	d.Content.Numbers = used(d.Content, d.Numbers)
	if d.Checks, err = s.examine(ctx, s.db, d.Head, d.Content); err != nil {
		return d, err
	}
	if d.Asides, err = listAsides(ctx, s.db, reporter, actor.Account); err != nil {
		return d, err
	}
	if d.Remarks, err = sentRemarks(ctx, s.db, reporter); err != nil {
		return d, err
	}
	d.Receipts, err = listReceipts(ctx, s.db, reporter)
	return d, err
}

// Waiting is how many remarks of a return are still without an answer: until then the report can't be handed in again.
func (d Draft) Waiting() int { return len(d.Unanswered()) }

// Unanswered are those remarks, in the order of the report.
func (d Draft) Unanswered() []Remark {
	if d.State != Returned {
		return nil
	}
	return unanswered(d.Remarks, d.Number)
}

func sentRemarks(ctx context.Context, r store.Reader, reporter int64) ([]Remark, error) {
	all, err := listRemarks(ctx, r, reporter)
	out := []Remark{}
	for _, m := range all {
		if m.SentAt != 0 {
			out = append(out, m)
		}
	}
	return out, err
}

// Sheet is a version handed in, as everybody who may read it sees it.
type Sheet struct {
	Head
	Version  Version
	Content  Content
	Remarks  []Remark // what was sent; to reviewers also what is noted and not sent
	Receipts []Receipt
}

// Sheet gives version number of a report (0: the last). A report of which nothing was handed in has no sheet: NotFound.
func (s *Service) Sheet(ctx context.Context, actor authz.Actor, scope authz.Scope, reporter int64, number int) (v Sheet, err error) {
	if v.Head, err = scopedHead(ctx, s.db, scope, reporter); err != nil {
		return v, err
	}
	if number == 0 {
		number = v.Number
	}
	if v.Version, v.Content, err = versionBody(ctx, s.db, reporter, 0, number); err != nil {
		return v, err
	}
	if s.Reviews(actor, v.Head) {
		v.Remarks, err = listRemarks(ctx, s.db, reporter)
	} else {
		v.Remarks, err = sentRemarks(ctx, s.db, reporter)
	}
	if err != nil {
		return v, err
	}
	v.Receipts, err = listReceipts(ctx, s.db, reporter)
	return v, err
}

// Find gives a report's head, within the scope.
func (s *Service) Find(ctx context.Context, scope authz.Scope, reporter int64) (Head, error) {
	return scopedHead(ctx, s.db, scope, reporter)
}

// LatestOf gives the head of the latest report that a unit has handed in, within the scope; ok is false where there is none.
func (s *Service) LatestOf(ctx context.Context, scope authz.Scope, unit int64) (h Head, ok bool, err error) {
	cond, args := scope.Where("u.path", 2)
	list, err := listHeads(ctx, s.db, `u.id = $1 AND COALESCE(r.number, 0) > 0 AND `+cond+` ORDER BY c.year DESC, cr.id DESC LIMIT 1`, append([]any{unit}, args...))
	if err != nil || len(list) == 0 {
		return h, false, err
	}
	return list[0], true, nil
}

// Writes says whether the actor may write the report, Submits whether the actor may hand it in (as far as the role
// goes), Reviews whether the actor may return and accept it.
func (s *Service) Writes(actor authz.Actor, h Head) bool { return s.may(actor, authz.ReportWrite, h) }

// Submits: see Writes.
func (s *Service) Submits(actor authz.Actor, h Head) bool {
	mine := h.Person.ID == 0 || actor.Person == 0 || actor.Person == h.Person.ID
	return mine && s.may(actor, authz.ReportSubmit, h)
}

// Reviews: see Writes.
func (s *Service) Reviews(actor authz.Actor, h Head) bool {
	return s.gate.Policy().Allows(actor, authz.ReportReview, h.bench())
}

// Versions lists the kept states, newest first: drafts only to whoever writes for the unit.
func (s *Service) Versions(ctx context.Context, actor authz.Actor, scope authz.Scope, reporter int64) (Head, []Version, error) {
	h, err := scopedHead(ctx, s.db, scope, reporter)
	if err != nil {
		return h, nil, err
	}
	all, err := listVersions(ctx, s.db, reporter)
	if err != nil {
		return h, nil, err
	}
	out := []Version{}
	for _, v := range all {
		if v.Number > 0 || s.Writes(actor, h) {
			out = append(out, v)
		}
	}
	return h, out, nil
}

// Kept gives one kept state by its key, under the same rules as Versions. Key 0 is the working text as it stands.
func (s *Service) Kept(ctx context.Context, actor authz.Actor, scope authz.Scope, reporter, id int64) (v Version, c Content, err error) {
	h, err := scopedHead(ctx, s.db, scope, reporter)
	if err != nil {
		return v, c, err
	}
	if id != 0 {
		v, c, err = versionBody(ctx, s.db, reporter, id, 0)
	}
	if err != nil {
		return v, c, err
	}
	if v.Number == 0 && !s.Writes(actor, h) {
		return v, c, fault.Missing()
	}
	if id == 0 {
		c, err = s.gather(ctx, s.db, h)
	}
	return v, c, err
}

// OfCycle lists the reports of a cycle within the scope, by the reporters' units.
func (s *Service) OfCycle(ctx context.Context, scope authz.Scope, cycle int64) ([]Head, error) {
	cond, args := scope.Where("u.path", 2)
	return listHeads(ctx, s.db, `cr.cycle_id = $1 AND `+cond+` ORDER BY u.code`, append([]any{cycle}, args...))
}

// Mine lists the reports that the actor may write in cycles that are not closed, the most urgent first.
func (s *Service) Mine(ctx context.Context, actor authz.Actor) ([]Head, error) {
	scope := s.gate.Policy().Scope(actor, authz.ReportWrite)
	cond, args := scope.Where("u.path", 1)
	return listHeads(ctx, s.db, `c.state <> 'closed' AND `+cond+` ORDER BY CASE WHEN d.due IS NULL OR d.due = '' THEN 1 ELSE 0 END, d.due, cr.id LIMIT 50`, args)
}

// Before gives last year's report of the same unit, for the reviewer's second column; false where there is none.
func (s *Service) Before(ctx context.Context, h Head) (Content, bool, error) {
	return lastReport(ctx, s.db, h.Previous, h.Unit.ID)
}

// TemplateOf gives the template of the report's cycle.
func (s *Service) TemplateOf(ctx context.Context, h Head) (Template, error) {
	return s.ports.Templates.Template(ctx, s.db, h.Cycle)
}
