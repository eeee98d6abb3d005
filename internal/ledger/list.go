package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Find gives a matter that the actor may read: by its owner's place or its convenor's. Others get NotFound.
func (s *Service) Find(ctx context.Context, actor authz.Actor, id int64) (Matter, error) {
	m, err := matterByID(ctx, s.db, id)
	if err == nil && !s.mayRead(actor, m) {
		return Matter{}, fault.Missing()
	}
	return m, err
}

func (s *Service) mayRead(actor authz.Actor, m Matter) bool {
	scope := s.gate.Policy().Scope(actor, authz.Read)
	return (m.Owner.ID != 0 && scope.Covers(m.Owner)) || scope.Covers(m.Convenor)
}

// MayRead says whether the actor may read at a unit, for roll-ups.
func (s *Service) MayRead(actor authz.Actor, at authz.Unit) bool {
	return s.gate.Policy().Scope(actor, authz.Read).Covers(at)
}

// The queues: what waits for the actor.
const (
	QueueDo      = "do"      // mine to do
	QueueApprove = "approve" // mine to approve or rule on
	QueueVerify  = "verify"  // mine to verify
	QueueBack    = "back"    // mine to look back at: ended long enough ago
	QueueLate    = "late"    // due date passed, in what I may read
	QueueSoon    = "soon"    // due within calendar.SoonDays working days, in what I may read
)

// What roll-ups count besides; lists open them, but nobody's desk does.
const (
	QueueOnTime  = "on_time" // with the owner, not due soon
	QueueWaiting = "waiting" // for approval, ruling or verification, in time
)

// Queues lists those that wait for somebody.
var Queues = []string{QueueDo, QueueApprove, QueueVerify, QueueBack, QueueLate, QueueSoon}

// Filter narrows a list; zero values narrow nothing.
type Filter struct {
	Type   string
	State  string
	Class  string // a class, or "open", or "ended"
	Under  authz.Unit
	Cycle  int64
	Queue  string
	Text   string
	Common bool
	Repeat bool
	// Unplanned keeps what has no owner or no date by which it must be done.
	Unplanned bool
	Sort      string // "due" (default), "new", "number"
	Limit     int    // 0 is no limit
	Offset    int
}

// where gathers the conditions of a query and their arguments.
type where struct {
	conds []string
	args  []any
	// narrow says that the place is what narrows the list most.
	narrow bool
}

// add joins a condition in which each "?" stands for the next argument.
func (w *where) add(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.conds = append(w.conds, cond)
}

// either joins the scope on both paths: the owner's and the convenor's.
func (w *where) either(scope authz.Scope, columns ...string) {
	var parts []string
	for _, c := range columns {
		cond, args := scope.Where(c, len(w.args)+1)
		parts, w.args = append(parts, cond), append(w.args, args...)
	}
	w.conds = append(w.conds, "("+strings.Join(parts, " OR ")+")")
}

func (w *where) String() string { return strings.Join(w.conds, " AND ") }

// plain is String without the index of classes: an expression in place of the column keeps the database, which knows
// little about how many matters each index leaves, from reading every open matter of a country for one village.
func (w *where) plain() string {
	return strings.ReplaceAll(w.String(), "m.state_class", "(m.state_class || '')")
}

const openClasses = `m.state_class IN ('owner', 'convenor', 'verifier')`

func (s *Service) where(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) (*where, error) {
	w := &where{}
	scope := s.gate.Policy().Scope(actor, authz.Read)
	whole, err := s.whole(ctx, scope)
	if err != nil {
		return nil, err
	}
	if !whole {
		w.either(scope, "m.unit_path", "m.convenor_path")
		w.narrow = true
	}
	s.queue(w, actor, f.Queue, today)
	if f.Type != "" {
		w.add("m.type = ?", f.Type)
	}
	if f.State != "" {
		w.add("m.state = ?", f.State)
	}
	switch f.Class {
	case "":
	case "open":
		w.add(openClasses)
	case "ended":
		w.add(`m.state_class IN ('done', 'not_done', 'dropped')`)
	default:
		w.add("m.state_class = ?", f.Class)
	}
	if f.Under.Path != "" {
		w.add("m.place_path >= ? AND m.place_path < ?", f.Under.Path, authz.PathEnd(f.Under.Path))
	}
	if f.Cycle != 0 {
		w.add("m.cycle_id = ?", f.Cycle)
	}
	if text := strings.ToLower(strings.TrimSpace(f.Text)); text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
		w.add(`(LOWER(m.title) LIKE ? ESCAPE '\' OR LOWER(m.number) LIKE ? ESCAPE '\')`, like, like)
	}
	if f.Common {
		w.add("m.common = 1")
	}
	if f.Repeat {
		w.add("m.repeat_of <> 0")
	}
	if f.Unplanned {
		w.add("(m.unit_id = 0 OR m.target_on = '')")
	}
	if len(w.conds) == 0 {
		w.add("1=1")
	}
	return w, nil
}

// whole says whether a scope leaves out no unit, because it covers every unit that has none above it. Then a list need
// not look at the place of each matter.
func (s *Service) whole(ctx context.Context, scope authz.Scope) (bool, error) {
	if scope.All() {
		return true, nil
	}
	tops, err := store.List(ctx, s.db, `SELECT path FROM unit WHERE parent_id = 0 LIMIT 20`, nil, func(rows *sql.Rows) (u authz.Unit, err error) {
		err = rows.Scan(&u.Path)
		return u, err
	})
	if err != nil || len(tops) == 0 || len(tops) == 20 {
		return false, err
	}
	for _, u := range tops {
		if !scope.CoversBelow(u) {
			return false, nil
		}
	}
	return true, nil
}

// queue narrows to what waits for the actor.
func (s *Service) queue(w *where, actor authz.Actor, queue string, today calendar.Date) {
	policy := s.gate.Policy()
	switch queue {
	case QueueDo:
		w.add("m.state_class = 'owner'")
		w.either(policy.Scope(actor, authz.LedgerOwn), "m.unit_path")
	case QueueApprove:
		w.add("m.state_class = 'convenor'")
		w.either(policy.Scope(actor, authz.LedgerApprove), "m.convenor_path")
	case QueueVerify:
		w.add("m.state_class = 'verifier'")
		s.judge(w, actor)
	case QueueBack:
		s.lookBack(w, today)
		s.judge(w, actor)
	case QueueLate:
		w.add(openClasses+" AND m.due_on <> '' AND m.due_on < ?", today.String())
	case QueueOnTime:
		w.add("m.state_class = 'owner' AND (m.due_on = '' OR m.due_on > ?)", s.cal.Horizon(today, calendar.SoonDays).String())
	case QueueWaiting:
		w.add("m.state_class IN ('convenor', 'verifier') AND (m.due_on = '' OR m.due_on >= ?)", today.String())
	case QueueSoon:
		w.add("m.state_class = 'owner' AND m.due_on >= ? AND m.due_on <= ?", today.String(), s.cal.Horizon(today, calendar.SoonDays).String())
	}
}

// judge narrows to what the actor may verify and took no part in.
func (s *Service) judge(w *where, actor authz.Actor) {
	w.either(s.gate.Policy().Scope(actor, authz.LedgerVerify), "m.unit_path")
	w.add(`NOT EXISTS (SELECT 1 FROM matter_event e WHERE e.matter_id = m.id AND e.part = 1
		AND (e.account_id = ? OR (e.person_id <> 0 AND e.person_id = ?)))`, actor.Account, actor.Person)
	w.add("(m.person_id = 0 OR m.person_id <> ?)", actor.Person)
}

// lookBack narrows to what ended so long ago that its look-back is due, by the definitions in force.
func (s *Service) lookBack(w *where, today calendar.Date) {
	cond, args := "", []any{}
	for _, d := range s.types.All() {
		for _, t := range d.Steps {
			if !t.Has(EffectLookBack) || t.After == 0 {
				continue
			}
			for _, from := range t.From {
				if cond != "" {
					cond += " OR "
				}
				cond += "(m.type = ? AND m.state = ? AND m.closed_on <= ?)"
				args = append(args, d.ID, from, today.AddDays(-t.After).String())
			}
		}
	}
	if cond == "" {
		cond = "1=0"
	}
	w.add("m.state_class = 'done' AND ("+cond+")", args...)
}

// The order by due date: those without one come last. The first form is that of the index matter_order, which gives a
// page of the whole list without sorting it; the second says the same in words that no index knows, for filters that
// have to look at every matter anyhow and would read them in the order of the index, one here and one there.
const (
	byDue     = `CASE WHEN m.due_on = '' THEN 1 ELSE 0 END, m.due_on, m.id`
	byDueScan = `CASE WHEN m.due_on <> '' THEN 0 ELSE 1 END, m.due_on, m.id`
)

var orders = map[string]string{"new": `m.id DESC`, "number": `m.number`}

func (f Filter) order() string {
	if o, ok := orders[f.Sort]; ok {
		return o
	}
	if f.State != "" || f.Text != "" || f.Common || f.Repeat || f.Unplanned || f.Cycle != 0 || f.Under.Path != "" || f.Queue != "" {
		return byDueScan
	}
	return byDue
}

// List gives the matters that the actor may read and the filter wants.
func (s *Service) List(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) ([]Matter, error) {
	ids, err := s.ids(ctx, actor, f, today)
	if err != nil {
		return nil, err
	}
	out := make([]Matter, 0, len(ids))
	for part := range slices.Chunk(ids, listBatch) {
		ms, err := mattersByID(ctx, s.db, part)
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
	}
	return out, nil
}

// listBatch is how many matters are read at a time.
const listBatch = 200

// ids gives the keys of a list in its order. Keys are found and sorted without the matters themselves, which are long;
// and nothing stays open while somebody slow takes an export.
func (s *Service) ids(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) ([]int64, error) {
	w, err := s.where(ctx, actor, f, today)
	if err != nil {
		return nil, err
	}
	cond, order := w.String(), f.order()
	if w.narrow || order == byDue {
		cond = w.plain()
	}
	query := `SELECT m.id FROM matter m WHERE ` + cond + ` ORDER BY ` + order
	if f.Limit > 0 {
		w.args = append(w.args, f.Limit, f.Offset)
		query += fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(w.args)-1, len(w.args))
	}
	return store.List(ctx, s.db, query, w.args, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	})
}

// mattersByID reads matters in the order of their keys' list; what is no more is left out.
func mattersByID(ctx context.Context, r store.Reader, ids []int64) ([]Matter, error) {
	w := &where{}
	in(w, "m.id", ids)
	found := make(map[int64]Matter, len(ids))
	err := store.Each(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE `+w.String(), w.args, func(rows *sql.Rows) error {
		m, err := scanMatter(rows)
		found[m.ID] = m
		return err
	})
	out := make([]Matter, 0, len(ids))
	for _, id := range ids {
		if m, ok := found[id]; ok {
			out = append(out, m)
		}
	}
	return out, err
}

// Count is the length of a list, whatever its limit.
func (s *Service) Count(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) (n int64, err error) {
	return s.CountTo(ctx, actor, f, today, 1<<40)
}

// CountTo counts a list up to most and no further: most+1 means that there are more. So a page that shows a count
// costs the same on any number of matters.
func (s *Service) CountTo(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date, most int64) (n int64, err error) {
	w, err := s.where(ctx, actor, f, today)
	if err != nil {
		return 0, err
	}
	cond := w.String()
	if w.narrow {
		cond = w.plain()
	}
	w.args = append(w.args, most+1)
	err = s.db.QueryRow(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM matter m WHERE %s LIMIT $%d) x`, cond, len(w.args)), w.args...).Scan(&n)
	return n, err
}

// View is a matter with everything that its page shows.
type View struct {
	Matter  Matter
	Def     *Definition
	Events  []Event
	Files   []File
	Holders []Holder
	Sharing []Matter // the other matters of the same common finding that the actor may read
	Earlier *Matter  // the one that it repeats, if the actor may read it
	Later   []Matter // those that repeat it
	Parted  bool     // the actor took part in doing it and so never judges it
}

// View gives a matter's page.
func (s *Service) View(ctx context.Context, actor authz.Actor, id int64) (v View, err error) {
	if v.Matter, v.Def, err = s.find(ctx, actor, id); err != nil {
		return v, err
	}
	if v.Events, err = eventsOf(ctx, s.db, id); err != nil {
		return v, err
	}
	if v.Files, err = filesOf(ctx, s.db, id); err != nil {
		return v, err
	}
	for i := range v.Events {
		for _, f := range v.Files {
			if f.Event == v.Events[i].ID {
				v.Events[i].Files = append(v.Events[i].Files, f)
			}
		}
	}
	if v.Holders, err = holdersOf(ctx, s.db, id); err != nil {
		return v, err
	}
	doers, err := doersOf(ctx, s.db, id)
	if err != nil {
		return v, err
	}
	v.Parted = v.Def.TookPart(v.Matter, who(actor), doers)
	return v, s.related(ctx, actor, &v)
}

func (s *Service) related(ctx context.Context, actor authz.Actor, v *View) error {
	id, group := v.Matter.ID, v.Matter.Group
	if group == 0 {
		group = -1
	}
	return store.Each(ctx, s.db, `SELECT `+matterColumns+` FROM matter m WHERE m.id <> $1 AND (m.group_id = $2 OR m.id = $3 OR m.repeat_of = $1)
		ORDER BY m.id LIMIT 200`, []any{id, group, v.Matter.RepeatOf}, func(rows *sql.Rows) error {
		m, err := scanMatter(rows)
		if err != nil || !s.mayRead(actor, m) {
			return err
		}
		if m.Group == group {
			v.Sharing = append(v.Sharing, m)
		}
		if m.ID == v.Matter.RepeatOf {
			v.Earlier = &m
		}
		if m.RepeatOf == id {
			v.Later = append(v.Later, m)
		}
		return nil
	})
}

// Offers lists the steps that the actor may take now, the main one first. A judging step of somebody who took part is
// not among them.
func (s *Service) Offers(actor authz.Actor, v View) []Transition {
	var out []Transition
	for _, t := range v.Def.StepsFrom(v.Matter.State) {
		if s.gate.Policy().Allows(actor, t.Action, t.place(v.Matter)) && !(t.Judges() && v.Parted) {
			out = append(out, t)
		}
	}
	return out
}

// MayAttach says whether the actor may add evidence now.
func (s *Service) MayAttach(actor authz.Actor, m Matter) bool {
	return !Ended(m.Class) && m.Owner.ID != 0 && s.gate.Policy().Allows(actor, authz.LedgerOwn, m.Owner)
}

// MayRegister lists the units at which the actor may register matters.
func (s *Service) MayRegister(actor authz.Actor) []authz.Unit {
	return s.gate.Policy().Units(actor, authz.LedgerRegister)
}

// ByComment gives the matters that came from the items of a comment, for pages that show what became of it. It reads
// without asking; the caller shows it to whoever may read the comment.
func ByComment(ctx context.Context, r store.Reader, comment int64) ([]Matter, error) {
	return store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.comment_id = $1 ORDER BY m.item, m.id`, []any{comment}, scanMatters)
}

// Names looks up what the references in matters are called: units, people and posts, in three queries at most.
type Names struct {
	Units  map[int64]org.Unit
	People map[int64]org.Person
}

// NamesFor gathers the names that a list of matters needs.
func NamesFor(ctx context.Context, r store.Reader, ms []Matter, units, people []int64) (n Names, err error) {
	for _, m := range ms {
		units = append(units, m.Owner.ID, m.Convenor.ID)
		people = append(people, m.Person)
	}
	if n.Units, err = org.UnitsByID(ctx, r, distinct(units)); err != nil {
		return n, err
	}
	n.People, err = org.PeopleByID(ctx, r, distinct(people))
	return n, err
}

func distinct(ids []int64) []int64 {
	seen, out := map[int64]bool{0: true}, []int64{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
