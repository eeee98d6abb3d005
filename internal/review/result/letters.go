package result

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// Draft words the letters of a kind that the newest decision still lacks, in a language: one for each unit, or the one
// notification. Drafts about an older decision are worded anew; drafts and letters about the newest one stay as they are.
// Needs letter.issue at the convenor. n is how many were worded.
func (s *Service) Draft(ctx context.Context, actor authz.Actor, cycleID int64, kind Kind, lang string) (n int, err error) {
	err = s.onLetters(ctx, actor, cycleID, 0, func(tx *store.Tx, w *writer) (d audit.Detail, err error) {
		units := []int64{0}
		if kind == Feedback {
			units = w.decision.units()
		}
		for _, unit := range units {
			l, stands := w.latest(kind, unit)
			if stands && l.Decision == w.decision.ID {
				continue
			}
			if !stands || l.State == LetterIssued {
				l = Letter{Cycle: cycleID, Convenor: w.in.Convenor.ID, Unit: unit, Kind: kind, State: LetterDraft}
			}
			l.Lang = lang
			if err := w.put(ctx, tx, actor, &l); err != nil {
				return d, err
			}
			d.Also = append(d.Also, audit.Subject{Kind: LetterKind, ID: l.ID})
			n++
		}
		if n == 0 {
			return d, fault.Bad("fault.result.no_drafts")
		}
		d.Changes = []audit.Change{{Field: "drafted", To: strconv.Itoa(n)}}
		return d, nil
	})
	return n, err
}

// Redraft words one draft anew from the newest decision and the comment as it stands; what was edited in it is lost.
func (s *Service) Redraft(ctx context.Context, actor authz.Actor, id int64, version int) error {
	return s.onLetter(ctx, actor, id, version, func(tx *store.Tx, w *writer, l *Letter) ([]audit.Change, error) {
		return []audit.Change{{Field: "drafted", To: "1"}}, w.put(ctx, tx, actor, l)
	})
}

// Edit changes the text of a draft, and the range of a notification; "" leaves the range as it is. Stale where somebody else was quicker: Current is then the Letter.
func (s *Service) Edit(ctx context.Context, actor authz.Actor, id int64, version int, c Content, reach plan.Range) error {
	if err := checkContent(&c); err != nil {
		return err
	}
	if reach != "" && !slices.Contains(plan.Ranges, reach) {
		var form fault.Form
		form.Add("reach", "fault.result.reach")
		return form.Err()
	}
	return s.onLetter(ctx, actor, id, version, func(tx *store.Tx, _ *writer, l *Letter) ([]audit.Change, error) {
		changes := contentChanges(l.Content, c)
		if l.Kind == Notification && reach != "" && reach != l.Reach {
			changes = append(changes, audit.Change{Field: "reach", From: string(l.Reach), To: string(reach)})
			l.Reach = reach
		}
		l.Content, l.Name, l.At = c, actor.Name, tx.Now
		return changes, putLetter(ctx, tx, l)
	})
}

func checkContent(c *Content) error {
	var form fault.Form
	for field, text := range map[string]*string{"title": &c.Title, "addressee": &c.Addressee, "opening": &c.Opening, "closing": &c.Closing, "signature": &c.Signature} {
		form.Check(tidy(text, longText), field, "fault.result.long_note", "Max", longText)
	}
	form.Check(c.Title != "", "title", "fault.result.title")
	form.Check(c.Opening != "", "opening", "fault.result.opening")
	for i := range c.Sections {
		sec := &c.Sections[i]
		form.Check(len(strings.Join(sec.Items, "")) <= 3*longText, "section-"+sec.ID, "fault.result.long_note", "Max", longText)
	}
	return form.Err()
}

// contentChanges names the fields that changed; the texts themselves stand in the letter.
func contentChanges(a, b Content) []audit.Change {
	var out []audit.Change
	note := func(field, x, y string) {
		if x != y {
			out = append(out, audit.Change{Field: field, From: x, To: y})
		}
	}
	note("title", a.Title, b.Title)
	note("addressee", a.Addressee, b.Addressee)
	note("opening", a.Opening, b.Opening)
	note("closing", a.Closing, b.Closing)
	note("signature", a.Signature, b.Signature)
	for _, sec := range b.Sections {
		note(sec.ID, strings.Join(a.section(sec.ID).Items, "\n"), strings.Join(sec.Items, "\n"))
	}
	return out
}

func (c Content) section(id string) Section {
	for _, s := range c.Sections {
		if s.ID == id {
			return s
		}
	}
	return Section{}
}

// Issue gives a draft its number and today's date; from then on nothing in it changes. A draft about an older decision is
// refused, and one to a unit whose comment is missing or not confirmed unless a reason says why. Needs letter.issue at
// the convenor.
func (s *Service) Issue(ctx context.Context, actor authz.Actor, id int64, version int, reason string) error {
	return s.onLetter(ctx, actor, id, version, func(tx *store.Tx, w *writer, l *Letter) ([]audit.Change, error) {
		if err := w.allow(ctx, tx, l, reason); err != nil {
			return nil, err
		}
		return w.issue(ctx, tx, actor, l)
	})
}

// IssueAll issues the drafts of feedback of a cycle, in the order of its units, but those to units whose comment is
// missing or not confirmed; left is how many of these stay drafts.
func (s *Service) IssueAll(ctx context.Context, actor authz.Actor, cycleID int64) (n, left int, err error) {
	err = s.onLetters(ctx, actor, cycleID, 0, func(tx *store.Tx, w *writer) (d audit.Detail, err error) {
		doubts, err := s.doubts(ctx, tx, cycleID, unitIDs(w.in.Reporters))
		if err != nil {
			return d, err
		}
		for _, p := range w.in.Reporters {
			l, stands := w.latest(Feedback, p.Unit)
			if !stands || l.State == LetterIssued {
				continue
			}
			mine, err := s.doubtsOf(ctx, tx, l, doubts[p.Unit])
			if err != nil {
				return d, err
			}
			if holds(mine) {
				left++
				continue
			}
			changes, err := w.issue(ctx, tx, actor, &l)
			if err != nil {
				return d, err
			}
			n++
			d.Changes, d.Also = append(d.Changes, changes...), append(d.Also, audit.Subject{Kind: LetterKind, ID: l.ID})
		}
		if n == 0 && left > 0 {
			return d, fault.Bad("fault.result.held", "Count", left)
		}
		if n == 0 {
			return d, fault.Bad("fault.result.no_drafts")
		}
		return d, nil
	})
	return n, left, err
}

// writer is what letters are worded from.
type writer struct {
	s        *Service
	in       inputs
	decision Decision
	record   Record
	letters  []Letter
	people   map[int64]org.Person
	due      string
}

func (d Decision) units() []int64 {
	var out []int64
	for _, g := range d.Grades {
		out = append(out, g.Unit)
	}
	return out
}

// onLetters runs a verb on the letters of a cycle that has a decision.
func (s *Service) onLetters(ctx context.Context, actor authz.Actor, cycleID, letter int64, verb func(*store.Tx, *writer) (audit.Detail, error)) error {
	if s.letters == nil {
		return fault.Bad("fault.result.no_letters")
	}
	return s.on(ctx, actor, authz.LetterIssue, cycleID, gate.Subject{Kind: LetterKind, ID: letter}, func(tx *store.Tx, c cycle.Cycle) (audit.Detail, error) {
		w, err := s.writer(ctx, tx, c)
		if err != nil {
			return audit.Detail{}, err
		}
		return verb(tx, w)
	})
}

func (s *Service) writer(ctx context.Context, tx *store.Tx, c cycle.Cycle) (*writer, error) {
	decisions, err := Decisions(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	if len(decisions) == 0 {
		return nil, fault.Bad("fault.result.undecided")
	}
	w := &writer{s: s, decision: decisions[0]}
	if w.in, err = s.gather(ctx, tx, c); err != nil {
		return nil, err
	}
	if w.record, err = recordByID(ctx, tx, w.decision.Result); err != nil {
		return nil, err
	}
	if w.letters, err = lettersOf(ctx, tx, c.ID); err != nil {
		return nil, err
	}
	var people []int64
	for _, p := range w.in.Reporters {
		people = append(people, p.Person)
	}
	if w.people, err = org.PeopleByID(ctx, tx, people); err != nil {
		return nil, err
	}
	w.due, err = cycle.DeadlineOf(ctx, tx, c.ID, plan.StepMatterPlan)
	return w, err
}

// onLetter runs a change of one draft.
func (s *Service) onLetter(ctx context.Context, actor authz.Actor, id int64, version int, change func(*store.Tx, *writer, *Letter) ([]audit.Change, error)) error {
	l, err := letterByID(ctx, s.db, id)
	if err != nil {
		return err
	}
	return s.onLetters(ctx, actor, l.Cycle, id, func(tx *store.Tx, w *writer) (d audit.Detail, err error) {
		if l, err = letterByID(ctx, tx, id); err != nil {
			return d, err
		}
		if l.State == LetterIssued {
			return d, fault.Bad("fault.result.issued")
		}
		if l.Version != version {
			return d, fault.Outdated(l)
		}
		if l.Unit != 0 {
			d.Also = []audit.Subject{{Kind: "unit", ID: l.Unit}}
		}
		d.Changes, err = change(tx, w, &l)
		return d, err
	})
}

// latest gives the newest letter of a kind to a unit.
func (w *writer) latest(kind Kind, unit int64) (Letter, bool) {
	i := slices.IndexFunc(w.letters, func(l Letter) bool { return l.Kind == kind && l.Unit == unit })
	if i < 0 {
		return Letter{}, false
	}
	return w.letters[i], true
}

// put words a draft and stores it.
func (w *writer) put(ctx context.Context, tx *store.Tx, actor authz.Actor, l *Letter) error {
	if !slices.Contains(wording.Languages, l.Lang) {
		l.Lang = wording.Languages[0]
	}
	l.Decision, l.Name, l.At = w.decision.ID, actor.Name, tx.Now
	if l.Kind == Notification {
		l.Content = w.s.letters.draft(l.Kind, l.Lang, w.facts(*l))
		if l.Reach == "" {
			l.Reach = w.in.Plan.Body.Notify
		}
		l.Content.Sections = w.grades(l.Lang)
		return putLetter(ctx, tx, l)
	}
	said := make([][]string, len(sections[Feedback]))
	if w.s.ports.Comments != nil {
		good, bad, next, confirmed, err := w.s.ports.Comments.Of(ctx, tx, l.Cycle, l.Unit)
		if err != nil {
			return err
		}
		if confirmed {
			said = [][]string{good, bad, next}
		}
	}
	facts := w.facts(*l)
	facts.Points = len(said[1]) + len(said[2])
	l.Content = w.s.letters.draft(l.Kind, l.Lang, facts)
	for i, items := range said {
		l.Content.Sections[i].Items = append([]string{}, items...)
	}
	return putLetter(ctx, tx, l)
}

func (w *writer) facts(l Letter) Facts {
	f := Facts{Year: w.in.Cycle.Year, Convenor: w.in.Convenor.In(l.Lang), Body: w.decision.Body, MetOn: DateIn(l.Lang, w.decision.MetOn), Due: DateIn(l.Lang, w.due)}
	if l.Unit == 0 {
		f.Count = len(w.decision.Grades)
		return f
	}
	u, _ := w.record.Of(l.Unit)
	f.Unit, f.Composite = u.In(l.Lang), u.Composite.Text
	if g, ok := w.decision.Of(l.Unit); ok {
		def, _ := w.in.Plan.Body.Grade(g.Grade)
		f.Grade = def.Name.In(l.Lang)
	}
	for _, p := range w.in.Reporters {
		if p.Unit == l.Unit {
			f.Person = w.people[p.Person].In(l.Lang)
		}
	}
	return f
}

// grades words the heading of every decided grade; the units of each stand in the decision.
func (w *writer) grades(lang string) []Section {
	out := []Section{}
	for _, g := range w.in.Plan.Body.Grades {
		n := 0
		for _, d := range w.decision.Grades {
			if d.Grade == g.ID {
				n++
			}
		}
		if n > 0 {
			out = append(out, Section{ID: g.ID, Heading: w.s.letters.say(Notification, "sections.grade", lang, Facts{Grade: g.Name.In(lang), Count: n}), Items: []string{}})
		}
	}
	return out
}

func (w *writer) issue(ctx context.Context, tx *store.Tx, actor authz.Actor, l *Letter) ([]audit.Change, error) {
	if l.Decision != w.decision.ID {
		return nil, fault.Bad("fault.result.old_decision")
	}
	today := DateOf(tx.Now)
	if w.s.ports.Today != nil {
		today = w.s.ports.Today(tx.Now)
	}
	day, err := calendar.ParseDate(today)
	if err != nil {
		return nil, err
	}
	l.Year = day.Year()
	err = tx.QueryRow(ctx, `SELECT COALESCE(MAX(no), 0) + 1 FROM letter WHERE convenor_id = $1 AND kind = $2 AND year = $3`, l.Convenor, l.Kind, l.Year).Scan(&l.No)
	if err != nil {
		return nil, err
	}
	l.State, l.IssuedOn, l.IssuedAt, l.IssuedBy = LetterIssued, today, tx.Now, actor.Name
	l.Number = w.s.letters.say(l.Kind, "number", l.Lang, Facts{IssueYear: l.Year, No: l.No, Year: w.in.Cycle.Year, Convenor: w.in.Convenor.In(l.Lang)})
	changes := []audit.Change{{Field: "number", To: l.Number}, {Field: "issued_on", To: today}}
	if l.Reason != "" {
		changes = append(changes, audit.Change{Field: "reason", To: l.Reason})
	}
	return changes, putLetter(ctx, tx, l)
}
