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
	"plumbline/internal/store"
)

// MayReadBelow says whether the actor may read at everything under a unit.
func (s *Service) MayReadBelow(actor authz.Actor, at authz.Unit) bool {
	return s.gate.Policy().Scope(actor, authz.Read).CoversBelow(at)
}

// Find gives a matter that the actor may read: by its owner's place, its convenor's or its requester's. Others get NotFound.
func (s *Service) Find(ctx context.Context, actor authz.Actor, id int64) (Matter, error) {
	m, err := matterByID(ctx, s.db, id)
	if err == nil && !s.mayRead(actor, m) {
		return Matter{}, fault.Missing()
	}
	return m, err
}

func (s *Service) mayRead(actor authz.Actor, m Matter) bool {
	scope := s.gate.Policy().Scope(actor, authz.Read)
	return (m.Owner.ID != 0 && scope.Covers(m.Owner)) || scope.Covers(m.Convenor) || (m.Requester.ID != 0 && scope.Covers(m.Requester))
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
	QueueAsk     = "ask"     // mine to answer or judge, as the one who asked
	QueueBack    = "back"    // mine to look back at: ended long enough ago
	QueueLate    = "late"    // due date passed, in what I may read
	QueueSoon    = "soon"    // due within calendar.SoonDays working days, in what I may read
)

// QueueNobody is the owner's turn where no owner is named, in what the actor may read: nobody acts until one is.
const QueueNobody = "nobody"

// What roll-ups count besides; lists open them, but nobody's desk does.
const (
	QueueOnTime  = "on_time" // with the owner, not due soon
	QueueWaiting = "waiting" // for approval, ruling or verification, in time
)

// Queues lists those that wait for somebody.
var Queues = []string{QueueDo, QueueApprove, QueueVerify, QueueAsk, QueueBack, QueueNobody, QueueLate, QueueSoon}

// Filter narrows a list; zero values narrow nothing.
type Filter struct {
	Type   string
	State  string
	Class  string // a class, or "open", or "ended"
	Under  authz.Unit
	Alone  bool       // of Under and Ruled the unit itself, not what is below it
	Ruled  authz.Unit // ruled by the unit or what is below it, and placed elsewhere
	Asker  authz.Unit // asked for by the unit or what is below it
	Cycle  int64
	Queue  string
	Text   string
	Common bool
	Repeat bool
	// Mine keeps what names the actor: who answers for it, who is named in one of its fields of people, who asked for it.
	Mine bool
	// Unplanned keeps what has no owner or no date by which it must be done.
	Unplanned bool
	// Happened keeps that to which something happened (one of Happenings) from one day to another, YYYY-MM-DD, both included.
	Happened string
	Since    string
	Until    string
	Sort     string // "due" (default), "new", "number"
	Limit    int    // 0 is no limit
	Offset   int

	words *rarity // what a page has found out about the words of its text
}

// end is where the paths of a unit and, unless Alone, of everything below it end.
func (f Filter) end(u authz.Unit) string {
	if f.Alone {
		return u.Path + "\x01"
	}
	return authz.PathEnd(u.Path)
}

// where gathers the conditions of a query and their arguments.
type where struct {
	conds []string
	args  []any
	// narrow says that the place is what narrows the list most.
	narrow bool
	// part is where in the order by due dates the list lies: "0" among matters with a date, "1" without, "" anywhere.
	part string
	// words says that the list is read from the words of a text, joined that each matter is looked up in those of one word.
	words, joined bool
	// text is which condition compares the text itself, counted from 1.
	text int
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
		if c == requesterPath {
			cond = "(m.requester_id <> 0 AND " + cond + ")"
		}
		parts, w.args = append(parts, cond), append(w.args, args...)
	}
	w.conds = append(w.conds, "("+strings.Join(parts, " OR ")+")")
}

// concerns joins the scope on every side of a matter. Few matters have a requester: its index holds those alone.
func (w *where) concerns(scope authz.Scope) {
	w.either(scope, "m.unit_path", "m.convenor_path", requesterPath)
}

// requesterPath is the requester's path where there is one.
const requesterPath = "m.requester_path"

func (w *where) String() string { return strings.Join(w.conds, " AND ") }

// plain is String without the index of classes: an expression in place of the column keeps the database, which knows
// little about how many matters each index leaves, from reading every open matter of a country for one village.
func (w *where) plain() string {
	return strings.ReplaceAll(w.String(), "m.state_class", "(m.state_class || '')")
}

const openClasses = `m.state_class IN ('owner', 'convenor', 'verifier', 'requester')`

func (s *Service) where(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) (*where, error) {
	w := &where{}
	scope := s.gate.Policy().Scope(actor, authz.Read)
	whole, err := s.whole(ctx, scope)
	if err != nil {
		return nil, err
	}
	if !whole {
		w.concerns(scope)
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
		w.part = "1" // no clock runs on
	default:
		w.add("m.state_class = ?", f.Class)
	}
	if f.Under.Path != "" {
		w.add("m.place_path >= ? AND m.place_path < ?", f.Under.Path, f.end(f.Under))
	}
	if f.Asker.Path != "" {
		w.add("m.requester_id <> 0 AND m.requester_path >= ? AND m.requester_path < ?", f.Asker.Path, f.end(f.Asker))
	}
	if f.Ruled.Path != "" {
		from, to := f.Ruled.Path, f.end(f.Ruled)
		w.add("m.convenor_path >= ? AND m.convenor_path < ? AND NOT (m.place_path >= ? AND m.place_path < ?)", from, to, from, to)
	}
	if f.Cycle != 0 {
		w.add("m.cycle_id = ?", f.Cycle)
	}
	if text := strings.ToLower(strings.TrimSpace(f.Text)); text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
		w.add(`(LOWER(m.title) LIKE ? ESCAPE '\' OR LOWER(m.number) LIKE ? ESCAPE '\')`, like, like)
		w.text = len(w.conds)
	}
	if f.Common {
		w.add("m.common = 1")
	}
	if f.Repeat {
		w.add("m.repeat_of <> 0")
	}
	if f.Mine {
		s.mine(w, actor)
	}
	if f.Unplanned {
		w.add("(m.unit_id = 0 OR m.target_on = '')")
	}
	if f.Happened != "" {
		w.happened(f)
	}
	if len(w.conds) == 0 {
		w.add("1=1")
	}
	return w, nil
}

// Closed is what happened to a matter that ended as done or not done, in time or late.
const Closed = "closed"

// Happenings lists what may have happened to the matters of a list in a time: what the figures of a month count.
var Happenings = []string{Opened, Closed, EndInTime, EndLate, EndNotDone, EndDropped, CameBack, ChangedHand}

// happened narrows to the matters behind a figure.
func (w *where) happened(f Filter) {
	kinds := []string{f.Happened}
	switch f.Happened {
	case Opened:
		w.add("m.opened_on >= ? AND m.opened_on <= ?", f.Since, f.Until)
		return
	case Closed:
		kinds = []string{EndInTime, EndLate, EndUndated, EndNotDone}
	}
	in := &where{args: w.args}
	inTexts(in, "x.kind", kinds)
	in.add("x.day >= ? AND x.day <= ?", f.Since, f.Until)
	w.args = in.args
	w.conds = append(w.conds, "m.id IN (SELECT x.matter_id FROM matter_milestone x WHERE "+in.String()+")")
}

// mine narrows to what names the actor. Fields are kept as one text, in which a person stands by the field's name and key.
func (s *Service) mine(w *where, actor authz.Actor) {
	cond, args := "m.asker_id = ?", []any{actor.Account}
	if actor.Person != 0 {
		cond, args = cond+" OR m.person_id = ?", append(args, actor.Person)
		for _, field := range s.types.personFields() {
			cond, args = cond+` OR m.fields LIKE ? ESCAPE '\'`, append(args, fmt.Sprintf(`%%"%s":"%d"%%`, strings.ReplaceAll(field, "_", `\_`), actor.Person))
		}
	}
	w.add("("+cond+")", args...)
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
	case QueueAsk:
		w.add("m.state_class = 'requester' AND m.requester_id <> 0")
		w.either(policy.Scope(actor, authz.LedgerAsk), requesterPath)
	case QueueBack:
		s.lookBack(w, today)
		s.judge(w, actor)
	case QueueLate:
		w.part = "0"
		w.add(openClasses+" AND m.due_on <> '' AND m.due_on <= ? AND (m.due_on < ? OR "+pastHour+")", today.String(), today.String(), s.instant(today))
	case QueueNobody:
		w.add(nobodyActs)
	case QueueFollowed:
		w.add("m.id IN (SELECT x.matter_id FROM matter_watch x WHERE x.account_id = ? AND x.follows = 1)", actor.Account)
	case QueueOnTime:
		w.add("m.state_class = 'owner' AND (m.due_on = '' OR m.due_on > ?)", s.cal.Horizon(today, calendar.SoonDays).String())
	case QueueWaiting:
		w.add("m.state_class IN ('convenor', 'verifier', 'requester') AND (m.due_on = '' OR m.due_on >= ?) AND NOT "+pastHour, today.String(), s.instant(today))
	case QueueSoon:
		w.part = "0"
		w.add("m.state_class = 'owner' AND m.due_on >= ? AND m.due_on <= ? AND NOT "+pastHour, today.String(), s.cal.Horizon(today, calendar.SoonDays).String(), s.instant(today))
	}
}

// nobodyActs is the owner's turn where no owner is named.
const nobodyActs = "m.unit_id = 0 AND m.state_class = 'owner'"

// pastHour is what is due today by the hour and late by now.
const pastHour = `(m.due_at <> 0 AND m.due_at < ?)`

// instant is the moment of a day at which lists and figures are read: now, or the end of a day that is past.
func (s *Service) instant(today calendar.Date) int64 {
	now := s.gate.Now()
	if s.cal.Today(now) == today {
		return now.UnixMicro()
	}
	return moment{day: today}.instant(s.cal)
}

// judge narrows to what the actor may verify and took no part in.
func (s *Service) judge(w *where, actor authz.Actor) {
	w.either(s.gate.Policy().Scope(actor, authz.LedgerVerify), "m.unit_path")
	w.add(`NOT EXISTS (SELECT 1 FROM matter_event e WHERE e.matter_id = m.id AND e.part = 1
		AND (e.account_id = ? OR (e.person_id <> 0 AND e.person_id = ?)))`, actor.Account, actor.Person)
	w.add("NOT EXISTS (SELECT 1 FROM matter_holder h WHERE h.matter_id = m.id AND h.person_id <> 0 AND h.person_id = ?)", actor.Person)
	w.add("(m.person_id = 0 OR m.person_id <> ?)", actor.Person)
}

// lookBack narrows to what ended so long ago that its look-back is due, by the definitions in force and the plan's day:
// LookBackDue in SQL.
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
				cond += "(m.type = ? AND m.state = ? AND m.closed_on <= ? AND m.look_from <= ?)"
				args = append(args, d.ID, from, today.AddDays(-t.After).String(), today.String())
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
	byDuePart = `m.due_on, m.id` // of a part in which all have a date, or none
	byDue     = `CASE WHEN m.due_on = '' THEN 1 ELSE 0 END, m.due_on, m.id`
	byDueScan = `CASE WHEN m.due_on <> '' THEN 0 ELSE 1 END, m.due_on, m.id`
)

var orders = map[string]string{"new": `m.id DESC`, "number": `m.number`}

// List gives the matters that the actor may read and the filter wants.
func (s *Service) List(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) ([]Matter, error) {
	ids, err := s.ids(ctx, actor, f, today)
	if err != nil {
		return nil, err
	}
	return s.gather(ctx, ids)
}

// gather gives the matters of keys in their order.
func (s *Service) gather(ctx context.Context, ids []int64) ([]Matter, error) {
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

// Page gives what List gives, and counts the whole list up to most as CountTo does. Where both are found the same way,
// it is gone once.
func (s *Service) Page(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date, most int64) (list []Matter, n int64, err error) {
	f.words = &rarity{}
	listing, err := s.search(ctx, actor, f, today, false)
	if err != nil {
		return nil, 0, err
	}
	counting, err := s.search(ctx, actor, f, today, true)
	if err != nil {
		return nil, 0, err
	}
	var ids []int64
	if listing.way == counting.way && f.Limit > 0 {
		all, err := s.run(ctx, listing, f, max(int64(f.Offset+f.Limit), most+1), 0)
		if err != nil {
			return nil, 0, err
		}
		n = min(int64(len(all)), most+1)
		ids = all[min(f.Offset, len(all)):min(f.Offset+f.Limit, len(all))]
	} else {
		if ids, err = s.run(ctx, listing, f, int64(f.Limit), f.Offset); err != nil {
			return nil, 0, err
		}
		if n, err = s.count(ctx, counting, most); err != nil {
			return nil, 0, err
		}
	}
	list, err = s.gather(ctx, ids)
	return list, n, err
}

// search is a condition and the way in which what meets it is found.
type search struct {
	*where
	way string
}

func (s *Service) search(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date, count bool) (search, error) {
	w, err := s.where(ctx, actor, f, today)
	if err != nil {
		return search{}, err
	}
	way, err := s.way(ctx, actor, w, f, count)
	return search{w, way}, err
}

// run gives the keys of a list in its order, limit 0 all of them. Keys are found and sorted without the matters
// themselves, which are long; and nothing stays open while somebody slow takes an export.
func (s *Service) run(ctx context.Context, w search, f Filter, limit int64, offset int) ([]int64, error) {
	query, args := `SELECT m.id FROM `+w.from()+` WHERE `+w.by(w.way)+` ORDER BY `+w.sorted(f, w.way), w.args
	if limit > 0 {
		args = append(args, limit, offset)
		query += fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(args)-1, len(args))
	}
	return store.List(ctx, s.db, query, args, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	})
}

func (s *Service) ids(ctx context.Context, actor authz.Actor, f Filter, today calendar.Date) ([]int64, error) {
	w, err := s.search(ctx, actor, f, today, false)
	if err != nil {
		return nil, err
	}
	return s.run(ctx, w, f, int64(f.Limit), f.Offset)
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
	w, err := s.search(ctx, actor, f, today, true)
	if err != nil {
		return 0, err
	}
	return s.count(ctx, w, most)
}

func (s *Service) count(ctx context.Context, w search, most int64) (n int64, err error) {
	args := append(slices.Clone(w.args), most+1)
	err = s.db.QueryRow(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT $%d) x`, w.from(), w.by(w.way), len(args)), args...).Scan(&n)
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
		if v.Def.Held.Asks(t) && v.Def.Held.Answer(v.Matter.Values) == "" {
			continue // it asks for nothing that is held
		}
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

// MayRegister lists the units at which the actor may register matters of a type: convenors, or where a unit registers
// from its own side, those units.
func (s *Service) MayRegister(actor authz.Actor, d *Definition) []authz.Unit {
	return s.gate.Policy().Units(actor, d.RegisteredBy())
}

// ByComment gives the matters that came from the items of a comment, for pages that show what became of it. It reads
// without asking; the caller shows it to whoever may read the comment.
func ByComment(ctx context.Context, r store.Reader, comment int64) ([]Matter, error) {
	return store.List(ctx, r, `SELECT `+matterColumns+` FROM matter m WHERE m.comment_id = $1 ORDER BY m.item, m.id`, []any{comment}, scanMatters)
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
