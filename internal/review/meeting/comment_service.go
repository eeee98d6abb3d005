package meeting

import (
	"context"
	"slices"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Begin gives the actor's comment on a reporter, or on the convenor itself for the level above (reporter 0), making an
// empty draft where there is none. Those who run the meeting share one comment of the chair on every reporter.
func (s *Service) Begin(ctx context.Context, actor authz.Actor, meeting, reporter int64) (id int64, err error) {
	m, err := ByID(ctx, s.db, meeting)
	if err != nil {
		return 0, err
	}
	u, err := org.UnitByID(ctx, s.db, m.Unit)
	if err != nil {
		return 0, err
	}
	c := Comment{Cycle: m.Cycle, Meeting: m.ID, Reporter: reporter, Unit: m.Unit, Voice: VoiceOf(s.gate.Policy(), actor, u.Place()), Account: actor.Account}
	if c.Voice == Higher {
		c.Reporter = 0
	} else if r, err := cycle.ReporterByID(ctx, s.db, reporter); err != nil || r.Cycle != m.Cycle {
		return 0, fault.Missing()
	} else {
		c.Unit = r.Unit
	}
	if c.Voice == Chair {
		c.Account = 0
	}
	if id, err = findComment(ctx, s.db, c); err != nil || id != 0 {
		return id, err
	}
	err = s.on(ctx, actor, authz.CommentWrite, meeting, gate.Subject{Kind: CommentKind}, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		d, err := beginTx(ctx, tx, actor, m, c)
		id = d.ID
		return d, err
	})
	return id, err
}

func beginTx(ctx context.Context, tx *store.Tx, actor authz.Actor, m Meeting, c Comment) (audit.Detail, error) {
	d := note("begun")
	d.Also = aboutComment(c)
	if id, err := findComment(ctx, tx, c); err != nil || id != 0 {
		d.ID = id
		return d, err
	}
	c.Person, c.Author = actor.Person, Name{Zh: actor.Name}
	if c.Voice == Chair {
		c.Person, c.Author = m.Presider, Name{}
	}
	if c.Person != 0 {
		p, err := org.PersonByID(ctx, tx, c.Person)
		if err != nil {
			return d, err
		}
		_, post, err := placeOf(ctx, tx, c.Person, m.Date)
		if err != nil {
			return d, err
		}
		c.Author = Name{Zh: p.Name, En: p.NameEn}
		if post != 0 {
			if err := tx.QueryRow(ctx, `SELECT title, title_en FROM post WHERE id = $1`, post).Scan(&c.Post.Zh, &c.Post.En); err != nil {
				return d, err
			}
		}
	}
	c.Body = Body{Problems: []Problem{}}
	var err error
	d.ID, err = insertComment(ctx, tx, c, actor.Name)
	return d, err
}

func aboutComment(c Comment) []audit.Subject {
	out := []audit.Subject{{Kind: "unit", ID: c.Unit}}
	if c.Reporter != 0 {
		out = append(out, audit.Subject{Kind: "reporter", ID: c.Reporter})
	}
	return out
}

// MayWrite says whether the actor may work on a comment: one's own, or the chair's for those who run the meeting.
func (s *Service) MayWrite(actor authz.Actor, convenor authz.Unit, c Comment) bool {
	v := VoiceOf(s.gate.Policy(), actor, convenor)
	if c.Voice == Chair {
		return v == Chair
	}
	return v != "" && c.Account == actor.Account
}

// MayConfirm says whether the actor may confirm a comment: the chair's and the members' for the chair, the higher
// level's for whoever wrote it.
func (s *Service) MayConfirm(actor authz.Actor, convenor authz.Unit, c Comment) bool {
	p := s.gate.Policy()
	if !p.Allows(actor, authz.CommentConfirm, convenor) {
		return false
	}
	if c.Voice == Higher {
		return c.Account == actor.Account
	}
	return p.Allows(actor, authz.MeetingRun, convenor)
}

// onComment runs a verb on a comment.
func (s *Service) onComment(ctx context.Context, actor authz.Actor, action authz.Action, id int64, may func(authz.Unit, Comment) bool, do func(tx *store.Tx, m Meeting, c Comment) (audit.Detail, error)) error {
	c, err := CommentByID(ctx, s.db, id)
	if err != nil {
		return err
	}
	return s.on(ctx, actor, action, c.Meeting, gate.Subject{Kind: CommentKind, ID: id}, func(tx *store.Tx, m Meeting) (audit.Detail, error) {
		c, err := CommentByID(ctx, tx, id)
		if err != nil {
			return audit.Detail{}, err
		}
		u, err := org.UnitByID(ctx, tx, m.Unit)
		if err != nil {
			return audit.Detail{}, err
		}
		if !may(u.Place(), c) {
			return audit.Detail{}, fault.New(fault.Forbidden, "fault.forbidden")
		}
		d, err := do(tx, m, c)
		d.Also = append(d.Also, aboutComment(c)...)
		return d, err
	})
}

// Save keeps a draft. The confirmed edition, if there is one, stays what everybody else reads. A stale version is a
// Stale fault with the comment as it stands. It gives the new version.
func (s *Service) Save(ctx context.Context, actor authz.Actor, id int64, version int, b Body) (now int, err error) {
	if b, err = b.tidy(); err != nil {
		return 0, err
	}
	may := func(at authz.Unit, c Comment) bool { return s.MayWrite(actor, at, c) }
	err = s.onComment(ctx, actor, authz.CommentWrite, id, may, func(tx *store.Tx, m Meeting, c Comment) (audit.Detail, error) {
		d := note("saved")
		d.Note["digest"] = digest(b.text())
		return d, saveTx(ctx, tx, actor, m, c, version, b)
	})
	return version + 1, err
}

// Autosave is Save as the page does it while somebody types: it spends no form and makes no entry in the log; the next
// Save or Confirm does.
func (s *Service) Autosave(ctx context.Context, actor authz.Actor, id int64, version int, b Body) (now int, err error) {
	if b, err = b.tidy(); err != nil {
		return 0, err
	}
	err = s.gate.Housekeep(ctx, func(tx *store.Tx) error {
		c, err := CommentByID(ctx, tx, id)
		if err != nil {
			return err
		}
		m, err := ByID(ctx, tx, c.Meeting)
		if err != nil {
			return err
		}
		if _, err := cycle.OpenTx(ctx, tx, m.Cycle); err != nil {
			return err
		}
		u, err := org.UnitByID(ctx, tx, m.Unit)
		if err != nil {
			return err
		}
		if !s.MayWrite(actor, u.Place(), c) {
			return fault.New(fault.Forbidden, "fault.forbidden")
		}
		return saveTx(ctx, tx, actor, m, c, version, b)
	})
	return version + 1, err
}

func saveTx(ctx context.Context, tx *store.Tx, actor authz.Actor, m Meeting, c Comment, version int, b Body) error {
	if err := checkUnits(ctx, tx, m, c, b); err != nil {
		return err
	}
	if c.Version != version {
		return fault.Outdated(c)
	}
	pending, err := differs(ctx, tx, c, b)
	if err != nil {
		return err
	}
	return saveDraft(ctx, tx, c.ID, b, pending, actor.Name)
}

// checkUnits refuses units for a common problem that do not report in this cycle; the comment's own unit is left out.
func checkUnits(ctx context.Context, tx *store.Tx, m Meeting, c Comment, b Body) error {
	reporters, err := cycle.Reporters(ctx, tx, m.Cycle)
	if err != nil {
		return err
	}
	var form fault.Form
	for _, p := range b.Problems {
		for _, unit := range p.Units {
			ok := unit != c.Unit && slices.ContainsFunc(reporters, func(r cycle.Reporter) bool { return r.Unit == unit })
			form.Check(ok, "units_"+p.Key, "fault.meeting.unit")
		}
	}
	return form.Err()
}

func differs(ctx context.Context, r store.Reader, c Comment, b Body) (bool, error) {
	if c.Edition == 0 {
		return true, nil
	}
	e, err := EditionOf(ctx, r, c.ID, c.Edition)
	return e.Body.text() != b.text(), err
}

// Confirm makes the draft, as the actor has seen it in this version, the next edition: from then on it is what everybody
// reads, and it never changes. Every problem that is not on the list of findings yet is registered, for each unit it is
// put to, and linked to the earlier finding that it repeats. A problem that a correction leaves out stays on the list.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, id int64, version int) error {
	may := func(at authz.Unit, c Comment) bool { return s.MayConfirm(actor, at, c) }
	return s.onComment(ctx, actor, authz.CommentConfirm, id, may, func(tx *store.Tx, m Meeting, c Comment) (audit.Detail, error) {
		d := note("confirmed")
		if c.Version != version {
			return d, fault.Outdated(c)
		}
		if err := c.Body.ready(); err != nil {
			return d, err
		}
		if !c.Pending {
			return d, fault.Bad("fault.meeting.confirmed")
		}
		e := Edition{No: c.Edition + 1, Body: c.Body, Digest: digest(c.Body.text()), At: tx.Now, By: actor.Name}
		if err := confirmTx(ctx, tx, c, e, actor); err != nil {
			return d, err
		}
		d.Changes = []audit.Change{{Field: "edition", From: key(int64(c.Edition)), To: key(int64(e.No))}, {Field: "digest", To: e.Digest}}
		matters, err := s.register(ctx, tx, actor, m, c, e.No)
		for _, id := range matters {
			d.Also = append(d.Also, audit.Subject{Kind: "matter", ID: id})
		}
		return d, err
	})
}

// register puts the problems of a comment that are new, or new to a unit, on the list of findings.
func (s *Service) register(ctx context.Context, tx *store.Tx, actor authz.Actor, m Meeting, c Comment, edition int) ([]int64, error) {
	if s.findings == nil {
		return nil, nil
	}
	links, err := Links(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	slot, err := slotOf(ctx, tx, m.ID, c.Reporter)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, p := range c.Body.Problems {
		f := Finding{Cycle: m.Cycle, Meeting: m.ID, Slot: slot, Comment: c.ID, Item: p.Number(), Convenor: m.Unit, Text: p.Text,
			Common: p.Common, Repeat: p.Repeat, On: m.Date, Voice: c.Voice, By: c.Author.Zh}
		for _, unit := range append([]int64{c.Unit}, p.Units...) {
			if links[p.Key][unit] == 0 {
				f.Units = append(f.Units, unit)
			}
		}
		if len(f.Units) == 0 {
			continue
		}
		matters, err := s.findings.Register(ctx, tx, actor, f)
		if err != nil {
			return nil, err
		}
		for unit, matter := range matters {
			out = append(out, matter)
			if err := insertLink(ctx, tx, c.ID, p.Key, unit, matter, edition); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(out)
	return out, nil
}
